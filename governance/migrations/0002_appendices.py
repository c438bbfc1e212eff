from django.db import migrations
from django.db.migrations.operations.base import Operation


class Migration(migrations.Migration):
    dependencies = [("governance", "0001_initial")]

    operations: list[Operation] = []

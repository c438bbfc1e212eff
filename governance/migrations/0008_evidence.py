from django.db import migrations
from django.db.migrations.operations.base import Operation


class Migration(migrations.Migration):
    dependencies = [("governance", "0007_training")]

    operations: list[Operation] = []

from django.db import migrations
from django.db.migrations.operations.base import Operation


class Migration(migrations.Migration):
    dependencies = [("governance", "0006_staying_safe")]

    operations: list[Operation] = []

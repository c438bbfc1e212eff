from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notices", "0006_unread")]

    operations = [
        migrations.AddField(
            model_name="notice",
            name="in_doubt_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name="mail",
            index=models.Index(
                fields=["kind", "not_before", "id"],
                condition=models.Q(("status", "waiting")),
                name="notices_mail_next",
            ),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0006_subject_access"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(
                    ("status__in", ("submitted", "triaged", "open", "waiting", "closure_proposed"))
                ),
                fields=["organisation", "-reported_at", "-id"],
                name="incidents_open_at_school",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(
                    ("status__in", ("submitted", "triaged", "open", "waiting", "closure_proposed"))
                ),
                fields=["-reported_at", "-id"],
                name="incidents_open_newest",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["-reported_at", "-id"], name="incidents_newest"),
        ),
    ]

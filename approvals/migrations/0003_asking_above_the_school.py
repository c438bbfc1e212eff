from django.db import migrations, models
from django.db.models import F


def who_has_voted_goes_on_seeing_it(apps, schema_editor):
    cases = apps.get_model("approvals", "BusinessCase").objects
    asked = cases.filter(votes__capacity__in=["trust_lead", "chair"]).values("pk")
    cases.filter(pk__in=list(asked.values_list("pk", flat=True))).update(
        outside_asked_at=F("submitted_at")
    )


class Migration(migrations.Migration):
    dependencies = [("approvals", "0002_signed_risks")]

    operations = [
        migrations.AddField(
            model_name="businesscase",
            name="outside_asked_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunPython(who_has_voted_goes_on_seeing_it, migrations.RunPython.noop),
    ]

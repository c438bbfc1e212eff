"""What files are kept for: every purpose that came after the first two is added here."""

from django.db import migrations, models

PURPOSES = [
    ("policy-source", "The file a policy was imported from"),
    ("sign-off-scan", "Scan of a decision taken outside the portal"),
    ("training-certificate", "Certificate of a training"),
    ("signature-scan", "Scan of signatures on paper"),
    ("evidence-pack", "Evidence pack"),
]


class Migration(migrations.Migration):
    dependencies = [("files", "0001_initial")]

    operations = [
        migrations.RemoveConstraint(model_name="storedfile", name="files_purpose_is_known"),
        migrations.AlterField(
            model_name="storedfile",
            name="purpose",
            field=models.CharField(choices=PURPOSES, max_length=30),
        ),
        migrations.AddConstraint(
            model_name="storedfile",
            constraint=models.CheckConstraint(
                condition=models.Q(purpose__in=[value for value, _ in PURPOSES]),
                name="files_purpose_is_known",
            ),
        ),
    ]

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("files", "0002_purposes"),
        ("governance", "0002_appendices"),
        ("people", "0002_secondfactorreset_staffimport"),
    ]

    operations = [
        migrations.AlterField(
            model_name="signature",
            name="method",
            field=models.CharField(
                choices=[
                    ("own", "Signed in, typed name"),
                    ("tablet", "On a shared tablet, typed name"),
                    ("paper", "On paper"),
                ],
                default="own",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="acknowledgement",
            name="again",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.RemoveConstraint(
            model_name="acknowledgement",
            name="governance_acknowledged_once",
        ),
        migrations.AddConstraint(
            model_name="acknowledgement",
            constraint=models.UniqueConstraint(
                fields=("person", "version", "again"), name="governance_acknowledged_once"
            ),
        ),
        migrations.CreateModel(
            name="PaperSheet",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="paper_sheets",
                        to="people.organisation",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="governance.policyversion",
                    ),
                ),
                (
                    "appendix",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="governance.policyversion",
                    ),
                ),
                ("signed_on", models.DateField(verbose_name="Day they signed")),
                (
                    "witness",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("no_login", "They have no e-mail address or login"),
                            ("no_device", "They have no device to sign on"),
                            ("asked", "They asked to sign on paper"),
                            ("meeting", "They signed together, at a meeting"),
                            ("other", "Another reason"),
                        ],
                        max_length=10,
                        verbose_name="Why on paper",
                    ),
                ),
                (
                    "note",
                    models.CharField(blank=True, max_length=200, verbose_name="In a few words"),
                ),
                ("scan_hash", models.CharField(blank=True, max_length=64)),
                (
                    "started_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("recorded_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["-signed_on", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("recorded_at__isnull", True), ("recorded_by__isnull", True)),
                            models.Q(
                                ("recorded_at__isnull", False), ("recorded_by__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="governance_paper_recorded_by",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reason__in", ["no_login", "no_device", "asked", "meeting", "other"])
                        ),
                        name="governance_paper_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PaperSigner",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "sheet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="signers",
                        to="governance.papersheet",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["person__sort_name", "person__name", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("sheet", "person"), name="governance_on_paper_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PaperScan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "sheet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="scans",
                        to="governance.papersheet",
                    ),
                ),
                (
                    "file",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="files.storedfile",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="WitnessedSignature",
            fields=[
                (
                    "signature",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="witnessed",
                        serialize=False,
                        to="governance.signature",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "witness",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "sheet",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="witnessed",
                        to="governance.papersheet",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("person", models.F("witness")), _negated=True),
                            models.Q(("person", models.F("recorded_by")), _negated=True),
                        ),
                        name="governance_nobody_witnesses_themselves",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Annulment",
            fields=[
                (
                    "signature",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="annulment",
                        serialize=False,
                        to="governance.signature",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("wrong_person", "Recorded for the wrong person"),
                            ("not_signed", "This person did not sign"),
                            ("wrong_day", "The day or the version was wrong"),
                            ("other", "Another reason"),
                        ],
                        max_length=15,
                    ),
                ),
                (
                    "note",
                    models.CharField(blank=True, max_length=200, verbose_name="In a few words"),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-at"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reason__in", ["wrong_person", "not_signed", "wrong_day", "other"])
                        ),
                        name="governance_annulment_reason",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SignatureDispute",
            fields=[
                (
                    "signature",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="dispute",
                        serialize=False,
                        to="governance.signature",
                    ),
                ),
                (
                    "note",
                    models.CharField(blank=True, max_length=500, verbose_name="What is not right"),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["-at"],
            },
        ),
        migrations.CreateModel(
            name="GroupRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="group_records",
                        to="people.organisation",
                    ),
                ),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="group_records",
                        to="governance.policyversion",
                    ),
                ),
                (
                    "audience",
                    models.CharField(
                        choices=[("parents", "Parents and carers"), ("pupils", "Pupils")],
                        max_length=10,
                        verbose_name="Who",
                    ),
                ),
                ("group", models.CharField(help_text="Such as Year 4, or 7B.", max_length=60)),
                (
                    "asked",
                    models.PositiveIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5000),
                        ],
                        verbose_name="How many were asked",
                    ),
                ),
                ("signed", models.PositiveIntegerField(verbose_name="How many signed")),
                ("counted_on", models.DateField(verbose_name="Counted on")),
                (
                    "how",
                    models.CharField(
                        choices=[
                            ("slips", "Paper slips"),
                            ("form", "A form on the school's website or app"),
                            ("planner", "In the planner or handbook"),
                            ("other", "Another way"),
                        ],
                        max_length=10,
                        verbose_name="How they signed",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="Note")),
                (
                    "corrects",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="corrected_by",
                        to="governance.grouprecord",
                    ),
                ),
                (
                    "is_void",
                    models.BooleanField(
                        default=False, verbose_name="This should not have been recorded"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["version__title", "audience", "group", "-pk"],
                "indexes": [
                    models.Index(fields=["organisation", "version"], name="governance_groups_at")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("organisation"),
                        models.F("version"),
                        models.F("audience"),
                        django.db.models.functions.text.Lower("group"),
                        condition=models.Q(("corrects", None)),
                        name="governance_group_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("signed__lte", models.F("asked")), ("asked__gte", 1)),
                        name="governance_group_signed_of_asked",
                        violation_error_message="No more can have signed than were asked.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("group", ""), _negated=True),
                        name="governance_group_has_a_name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("audience__in", ["parents", "pupils"]),
                            ("how__in", ["slips", "form", "planner", "other"]),
                        ),
                        name="governance_group_choices",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GroupScan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "record",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="scans",
                        to="governance.grouprecord",
                    ),
                ),
                (
                    "file",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="files.storedfile",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
    ]

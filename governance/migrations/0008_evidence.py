import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [
        ("files", "0002_purposes"),
        ("governance", "0007_training"),
        ("people", "0002_secondfactorreset_staffimport"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="EvidencePack",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reference", models.CharField(max_length=14, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("policy", "One policy"),
                            ("school", "Every policy"),
                            ("person", "One person"),
                            ("governors", "Figures for governors, without names"),
                        ],
                        max_length=10,
                        verbose_name="About",
                    ),
                ),
                ("as_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Being made"),
                            ("ready", "Ready"),
                            ("failed", "Could not be made"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("requested_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("form_key", models.UUIDField(blank=True, null=True)),
                ("claimed_at", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("made_at", models.DateTimeField(blank=True, null=True)),
                ("manifest_hash", models.CharField(blank=True, max_length=64)),
                ("size", models.PositiveBigIntegerField(default=0)),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                (
                    "file",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="files.storedfile",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence_packs",
                        to="people.organisation",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "policy",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="governance.policy",
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-requested_at", "-pk"],
                "indexes": [
                    models.Index(
                        fields=["organisation", "-requested_at"], name="governance_packs_at"
                    ),
                    models.Index(
                        fields=["requested_at"],
                        condition=Q(state="waiting"),
                        name="governance_packs_waiting",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(kind="policy", policy__isnull=False, person=None)
                        | Q(kind="person", policy=None, person__isnull=False)
                        | Q(kind__in=["school", "governors"], policy=None, person=None),
                        name="governance_pack_is_about_something",
                    ),
                    models.CheckConstraint(
                        condition=Q(state="ready", made_at__isnull=False, size__gt=0)
                        & ~Q(manifest_hash="")
                        | Q(
                            state__in=["waiting", "failed"],
                            made_at=None,
                            file=None,
                            manifest_hash="",
                        ),
                        name="governance_pack_ready_with_a_manifest",
                    ),
                    models.CheckConstraint(
                        condition=Q(as_at__lte=F("requested_at")),
                        name="governance_pack_of_the_past",
                    ),
                    models.UniqueConstraint(
                        fields=["manifest_hash"],
                        condition=~Q(manifest_hash=""),
                        name="governance_one_pack_a_manifest",
                    ),
                    models.UniqueConstraint(
                        fields=["requested_by", "form_key"], name="governance_one_pack_a_form"
                    ),
                    models.CheckConstraint(
                        condition=Q(
                            Q(("made_at__isnull", True), ("expires_at__isnull", True)),
                            Q(("made_at__isnull", False), ("expires_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="governance_pack_made_and_expires",
                    ),
                ],
            },
        ),
    ]

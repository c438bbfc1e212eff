import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

ROLES = [
    ("staff", "Staff"),
    ("office", "School office"),
    ("slt", "Senior leadership team"),
    ("head", "Head teacher"),
    ("dsl", "Designated safeguarding lead"),
    ("deputy_dsl", "Deputy DSL"),
    ("it", "IT"),
    ("dpo", "Data protection officer"),
    ("governor", "Governor"),
    ("chair", "Chair of governors"),
    ("clerk", "Clerk to the governors"),
    ("trust_lead", "Trust lead"),
    ("trust_safeguarding", "Trust safeguarding lead"),
    ("trust_it", "Trust IT"),
]


def give_turns(apps, schema_editor):
    """Those who sign a policy off keep the order in which they were chosen."""
    PolicySignatory = apps.get_model("governance", "PolicySignatory")
    turn, policy = 0, None
    for row in PolicySignatory.objects.order_by("policy_id", "pk"):
        turn = turn + 1 if row.policy_id == policy else 1
        policy = row.policy_id
        if turn > 1:
            row.position = turn
            row.save(update_fields=["position"])


def complete_reviews(apps, schema_editor):
    """Every review so far is a closed one; what called for it was not kept."""
    Review = apps.get_model("governance", "Review")
    Review.objects.update(opened_on=F("closed_on"), opened_by=F("closed_by"), trigger="unstated")
    if schema_editor.connection.vendor == "postgresql":
        # It alters no table on which deferred checks are still waiting.
        schema_editor.connection.check_constraints()


def person(**more):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
        **more,
    )


def row_id():
    return models.BigAutoField(
        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
    )


class Migration(migrations.Migration):
    dependencies = [
        ("governance", "0004_questions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # Signing off: turns, the audience, what was sent
        migrations.AddField(
            model_name="policy",
            name="sign_off_in_order",
            field=models.BooleanField(default=False, verbose_name="One signs after the other"),
        ),
        migrations.AddField(
            model_name="policysignatory",
            name="position",
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.RunPython(give_turns, migrations.RunPython.noop),
        migrations.AlterModelOptions(
            name="policysignatory", options={"ordering": ["position", "pk"]}
        ),
        migrations.AddConstraint(
            model_name="policysignatory",
            constraint=models.UniqueConstraint(
                fields=("policy", "position"), name="governance_one_signatory_a_turn"
            ),
        ),
        migrations.AddField(
            model_name="policyversion",
            name="audience_hash",
            field=models.CharField(blank=True, default="", max_length=64),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="policyversion",
            name="returned_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="Sent back"),
        ),
        migrations.AddField(
            model_name="policyversion",
            name="form_key",
            field=models.UUIDField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="policyversion",
            constraint=models.UniqueConstraint(
                fields=("created_by", "form_key"), name="governance_begun_once_a_form"
            ),
        ),
        migrations.AddField(
            model_name="signoff",
            name="audience_hash",
            field=models.CharField(blank=True, default="", max_length=64),
            preserve_default=False,
        ),
        migrations.RemoveConstraint(model_name="signoff", name="governance_signed_off_once"),
        migrations.AddConstraint(
            model_name="signoff",
            constraint=models.UniqueConstraint(
                fields=("version", "role", "content_hash", "audience_hash"),
                name="governance_signed_off_once",
            ),
        ),
        migrations.CreateModel(
            name="SentEdition",
            fields=[
                ("id", row_id()),
                ("edition", models.PositiveIntegerField()),
                ("number", models.CharField(max_length=20)),
                ("title", models.CharField(max_length=200)),
                ("body", models.TextField()),
                ("content_hash", models.CharField(max_length=64)),
                ("audience_hash", models.CharField(blank=True, max_length=64)),
                ("sent_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("by", person()),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sent_editions",
                        to="governance.policyversion",
                    ),
                ),
            ],
            options={"ordering": ["sent_at", "pk"]},
        ),
        migrations.CreateModel(
            name="Comment",
            fields=[
                ("id", row_id()),
                ("edition", models.PositiveIntegerField()),
                ("anchor", models.CharField(blank=True, max_length=100)),
                ("heading", models.CharField(blank=True, max_length=300)),
                ("text", models.CharField(max_length=2000, verbose_name="Comment")),
                ("sends_back", models.BooleanField(default=False)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("by", person()),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="comments",
                        to="governance.policyversion",
                    ),
                ),
            ],
            options={
                "ordering": ["at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=~Q(text=""), name="governance_comment_has_a_text"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Resolution",
            fields=[
                ("id", row_id()),
                ("answer", models.CharField(blank=True, max_length=500)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("by", person()),
                (
                    "comment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="resolution",
                        to="governance.comment",
                    ),
                ),
            ],
            options={"ordering": ["at", "pk"]},
        ),
        migrations.CreateModel(
            name="SignatoryRemoval",
            fields=[
                ("id", row_id()),
                ("role", models.CharField(choices=ROLES, max_length=20)),
                ("reason", models.CharField(max_length=500)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("by", person()),
                (
                    "policy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="removals",
                        to="governance.policy",
                    ),
                ),
            ],
            options={
                "ordering": ["at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=~Q(reason=""), name="governance_removal_has_a_reason"
                    )
                ],
            },
        ),
        # Reviews: from one that took place to one that is opened and closed
        migrations.RemoveConstraint(model_name="review", name="governance_review_in_order"),
        migrations.RenameField(model_name="review", old_name="reviewed_on", new_name="closed_on"),
        migrations.RenameField(model_name="review", old_name="by", new_name="closed_by"),
        migrations.AddField(
            model_name="review",
            name="trigger",
            field=models.CharField(
                choices=[
                    ("date", "Its date has come"),
                    ("legislation", "A change in the law"),
                    ("guidance", "New guidance"),
                    ("case_law", "A court's decision"),
                    ("incident", "A significant incident"),
                    ("request", "Somebody asked for it"),
                    ("unstated", "Not stated"),
                ],
                default="unstated",
                max_length=20,
                verbose_name="Why",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="review",
            name="cause",
            field=models.CharField(blank=True, max_length=500, verbose_name="What happened"),
        ),
        migrations.AddField(
            model_name="review",
            name="cause_reference",
            field=models.CharField(blank=True, max_length=200, verbose_name="Reference"),
        ),
        migrations.AddField(
            model_name="review", name="opened_on", field=models.DateField(null=True)
        ),
        migrations.AddField(model_name="review", name="opened_by", field=person(null=True)),
        migrations.AddField(
            model_name="review",
            name="due_on",
            field=models.DateField(blank=True, null=True, verbose_name="To be finished by"),
        ),
        migrations.RunPython(complete_reviews, migrations.RunPython.noop),
        migrations.AlterField(model_name="review", name="opened_on", field=models.DateField()),
        migrations.AlterField(model_name="review", name="opened_by", field=person()),
        migrations.AlterField(
            model_name="review",
            name="outcome",
            field=models.CharField(
                blank=True,
                choices=[
                    ("no_change", "Reviewed, no change"),
                    ("new_version", "New version"),
                    ("cancelled", "Cancelled"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="review",
            name="closed_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="review", name="closed_by", field=person(blank=True, null=True)
        ),
        migrations.AlterField(
            model_name="review",
            name="next_due_on",
            field=models.DateField(blank=True, null=True, verbose_name="Next review"),
        ),
        migrations.AlterModelOptions(name="review", options={"ordering": ["-opened_on", "-pk"]}),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.UniqueConstraint(
                condition=Q(closed_on=None),
                fields=("policy",),
                name="governance_one_open_review",
                violation_error_message="A review of this policy is open already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=Q(outcome="", closed_on=None, closed_by=None, due_on__isnull=False)
                | Q(
                    outcome__in=["no_change", "new_version", "cancelled"],
                    closed_on__isnull=False,
                    closed_by__isnull=False,
                ),
                name="governance_review_closed_when_and_how",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=F("opened_on")),
                name="governance_review_closed_after_opened",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=Q(outcome__in=["", "cancelled"], next_due_on=None)
                | Q(
                    outcome__in=["no_change", "new_version"],
                    closed_on__isnull=False,
                    next_due_on__isnull=False,
                    next_due_on__gt=F("closed_on"),
                ),
                name="governance_review_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="review",
            constraint=models.CheckConstraint(
                condition=~Q(cause="") | Q(trigger__in=["date", "unstated"]),
                name="governance_review_has_a_cause",
            ),
        ),
    ]

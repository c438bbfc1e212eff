import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('governance', '0005_reviews'),
        ('people', '0002_secondfactorreset_staffimport'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='LeavingStatement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(max_length=14, unique=True)),
                ('method', models.CharField(choices=[('own', 'Signed in, typed name'), ('paper', 'On paper'), ('without', 'Left without it')], max_length=10)),
                ('statement', models.TextField(blank=True)),
                ('name_hash', models.CharField(blank=True, max_length=64)),
                ('last_day', models.DateField()),
                ('counts_until', models.DateField()),
                ('given_on', models.DateField()),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('membership', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='leaving_statements', to='people.membership')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='leaving_statements', to=settings.AUTH_USER_MODEL)),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-recorded_at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('method__in', ['own', 'paper', 'without'])), name='governance_leaving_method'), models.UniqueConstraint(condition=models.Q(('method__in', ['own', 'paper'])), fields=('membership', 'last_day'), name='governance_leaving_given_once'), models.UniqueConstraint(condition=models.Q(('method', 'without')), fields=('membership', 'last_day'), name='governance_left_without_once'), models.CheckConstraint(condition=models.Q(models.Q(('method', 'own'), ('recorded_by', models.F('person'))), models.Q(models.Q(('method', 'own'), _negated=True), models.Q(('recorded_by', models.F('person')), _negated=True)), _connector='OR'), name='governance_leaving_witness_is_another'), models.CheckConstraint(condition=models.Q(models.Q(('method', 'own'), models.Q(('statement', ''), _negated=True), models.Q(('name_hash', ''), _negated=True)), models.Q(('method', 'own'), _negated=True), _connector='OR'), name='governance_leaving_signed_words')],
            },
        ),
        migrations.CreateModel(
            name='GuidanceEdition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('body', models.TextField(verbose_name='Text')),
                ('saved_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='guidance_editions', to='people.organisation')),
                ('saved_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['organisation', '-number'],
                'constraints': [models.UniqueConstraint(fields=('organisation', 'number'), name='governance_guidance_number_once'), models.CheckConstraint(condition=models.Q(('body', ''), _negated=True), name='governance_guidance_has_words')],
            },
        ),
        migrations.CreateModel(
            name='GuidanceShowing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('edition', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='showings', to='governance.guidanceedition')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='guidance_showings', to='people.organisation')),
            ],
            options={
                'ordering': ['-pk'],
                'indexes': [models.Index(fields=['organisation', '-id'], name='governance_guidance_shown')],
            },
        ),
        migrations.CreateModel(
            name='LeavingWords',
            fields=[
                ('statement', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='typed', serialize=False, to='governance.leavingstatement')),
                ('name', models.CharField(blank=True, max_length=150)),
                ('reason', models.CharField(blank=True, max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name='HandedOver',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=30)),
                ('subject', models.CharField(max_length=300)),
                ('to', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='taken_over', to=settings.AUTH_USER_MODEL)),
                ('statement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='handed_over', to='governance.leavingstatement')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='SelfCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('edition', models.PositiveSmallIntegerField()),
                ('done_on', models.DateField()),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='self_checks', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-done_on', '-pk'],
                'constraints': [models.UniqueConstraint(fields=('person', 'edition', 'done_on'), name='governance_self_check_once_a_day')],
            },
        ),
    ]

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('files', '0002_purposes'),
        ('governance', '0006_staying_safe'),
        ('people', '0002_secondfactorreset_staffimport'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='TrainingCourse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=200)),
                ('provider', models.CharField(blank=True, help_text='Such as the school itself, the council or a company.', max_length=150, verbose_name='Who provides it')),
                ('covers', models.TextField(blank=True, max_length=4000, verbose_name='What it covers')),
                ('valid_months', models.PositiveSmallIntegerField(blank=True, help_text='Months. Leave it empty if it never runs out.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(120)], verbose_name='Valid for')),
                ('for_runners', models.BooleanField(default=False, verbose_name='Needed to run a social media account of the school')),
                ('in_use', models.BooleanField(default=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='training_courses', to='people.organisation')),
            ],
            options={
                'ordering': ['title', 'pk'],
                'constraints': [models.UniqueConstraint(models.F('owner'), django.db.models.functions.text.Lower('title'), name='governance_course_title_once', violation_error_message='There is a course with this title already.'), models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='governance_course_has_a_title'), models.CheckConstraint(condition=models.Q(('valid_months', None), models.Q(('valid_months__gte', 1), ('valid_months__lte', 120)), _connector='OR'), name='governance_course_validity', violation_error_message='Choose from 1 to 120 months.')],
            },
        ),
        migrations.CreateModel(
            name='TrainingImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uploaded_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('columns', models.JSONField(default=dict)),
                ('rows', models.JSONField(default=list)),
                ('notes', models.JSONField(default=list)),
                ('status', models.CharField(choices=[('previewed', 'Waiting to be confirmed'), ('done', 'Done'), ('abandoned', 'Abandoned')], default='previewed', max_length=10)),
                ('counts', models.JSONField(default=dict)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='training_imports', to='people.organisation')),
                ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-uploaded_at'],
                'constraints': [models.CheckConstraint(condition=models.Q(('status', 'previewed'), ('rows', []), _connector='OR'), name='governance_training_import_rows_erased')],
            },
        ),
        migrations.CreateModel(
            name='TrainingRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('completed_on', models.DateField(verbose_name='Completed on')),
                ('expires_on', models.DateField(blank=True, help_text='The last day it counts.', null=True, verbose_name='Valid until')),
                ('provider', models.CharField(blank=True, max_length=150, verbose_name='Who provided it')),
                ('how', models.CharField(choices=[('session', 'Attended a session'), ('office', 'Recorded by the school'), ('own', 'Own certificate'), ('imported', 'Imported')], max_length=10)),
                ('state', models.CharField(choices=[('awaiting', 'Waiting to be confirmed'), ('confirmed', 'Confirmed'), ('declined', 'Declined'), ('corrected', 'Corrected since'), ('removed', 'Taken off the record')], max_length=10)),
                ('recorded_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('decided_at', models.DateTimeField(blank=True, null=True)),
                ('certificate', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile')),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='records', to='governance.trainingcourse')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='training_records', to=settings.AUTH_USER_MODEL)),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('supersedes', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='governance.trainingrecord')),
            ],
            options={
                'ordering': ['-completed_on', '-pk'],
                'indexes': [models.Index(fields=['person', 'course', 'state', 'expires_on'], name='governance_training_held'), models.Index(fields=['organisation', 'state'], name='governance_training_at')],
                'constraints': [models.CheckConstraint(condition=models.Q(('expires_on__isnull', True), ('expires_on__gte', models.F('completed_on')), _connector='OR'), name='governance_training_in_order', violation_error_message='It cannot run out before it was completed.'), models.UniqueConstraint(condition=models.Q(('state', 'confirmed')), fields=('person', 'course', 'completed_on'), name='governance_training_once_a_day'), models.UniqueConstraint(condition=models.Q(('state', 'awaiting')), fields=('person', 'course', 'completed_on'), name='governance_evidence_once_a_day'), models.CheckConstraint(condition=models.Q(('state__in', ['awaiting', 'confirmed', 'declined', 'corrected', 'removed']), ('how__in', ['session', 'office', 'own', 'imported'])), name='governance_training_state'), models.CheckConstraint(condition=models.Q(('how', 'own'), models.Q(('recorded_by', models.F('person')), _negated=True), _connector='OR'), name='governance_training_by_another'), models.CheckConstraint(condition=models.Q(('decided_by', None), models.Q(('decided_by', models.F('person')), _negated=True), _connector='OR'), name='governance_training_decided_by_another'), models.CheckConstraint(condition=models.Q(models.Q(('how', 'own'), _negated=True), ('state', 'awaiting'), ('decided_by__isnull', False), _connector='OR'), name='governance_own_training_decided'), models.CheckConstraint(condition=models.Q(('how', 'own'), ('state__in', ['confirmed', 'corrected', 'removed']), _connector='OR'), name='governance_only_own_training_waits'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True)), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='governance_training_decided')],
            },
        ),
        migrations.CreateModel(
            name='TrainingNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('about', models.CharField(choices=[('expiry', 'Why it is valid until another day'), ('correction', 'Why it was corrected'), ('declined', 'Why it was declined')], max_length=10)),
                ('text', models.CharField(max_length=500)),
                ('record', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='governance.trainingrecord')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('record', 'about'), name='governance_one_note_of_each')],
            },
        ),
        migrations.CreateModel(
            name='TrainingRequirement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(blank=True, choices=[('staff', 'Staff'), ('office', 'School office'), ('slt', 'Senior leadership team'), ('head', 'Head teacher'), ('dsl', 'Designated safeguarding lead'), ('deputy_dsl', 'Deputy DSL'), ('it', 'IT'), ('dpo', 'Data protection officer'), ('governor', 'Governor'), ('chair', 'Chair of governors'), ('clerk', 'Clerk to the governors'), ('trust_lead', 'Trust lead'), ('trust_safeguarding', 'Trust safeguarding lead'), ('trust_it', 'Trust IT')], max_length=20)),
                ('since', models.DateField()),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='requirements', to='governance.trainingcourse')),
            ],
            options={
                'ordering': ['role'],
                'constraints': [models.UniqueConstraint(fields=('course', 'role'), name='governance_one_requirement_a_role'), models.CheckConstraint(condition=models.Q(('role', ''), ('role__in', ['staff', 'office', 'slt', 'head', 'dsl', 'deputy_dsl', 'it', 'dpo', 'governor', 'chair', 'clerk', 'trust_lead', 'trust_safeguarding', 'trust_it']), _connector='OR'), name='governance_requirement_role_is_known')],
            },
        ),
        migrations.CreateModel(
            name='TrainingSession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('held_on', models.DateField(verbose_name='Day')),
                ('starts_at', models.TimeField(blank=True, null=True, verbose_name='From')),
                ('ends_at', models.TimeField(blank=True, null=True, verbose_name='Until')),
                ('place', models.CharField(blank=True, max_length=150)),
                ('led_by', models.CharField(blank=True, max_length=150, verbose_name='Who leads it')),
                ('capacity', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='Places')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('cancelled_at', models.DateTimeField(blank=True, null=True)),
                ('cancelled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('course', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sessions', to='governance.trainingcourse')),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='training_sessions', to='people.organisation')),
            ],
            options={
                'ordering': ['-held_on', '-pk'],
                'indexes': [models.Index(fields=['organisation', 'held_on'], name='governance_session_day')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('cancelled_at__isnull', True), ('cancelled_by__isnull', True)), models.Q(('cancelled_at__isnull', False), ('cancelled_by__isnull', False)), _connector='OR'), name='governance_session_cancelled'), models.CheckConstraint(condition=models.Q(('ends_at', None), models.Q(('ends_at__gt', models.F('starts_at')), ('starts_at__isnull', False)), _connector='OR'), name='governance_session_in_order', violation_error_message='The end has to come after the start.'), models.CheckConstraint(condition=models.Q(('capacity', None), ('capacity__gte', 1), _connector='OR'), name='governance_session_places')],
            },
        ),
        migrations.AddField(
            model_name='trainingrecord',
            name='session',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='records', to='governance.trainingsession'),
        ),
        migrations.CreateModel(
            name='EducationEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('given_on', models.DateField(verbose_name='Day')),
                ('kind', models.CharField(choices=[('lesson', 'Lesson'), ('assembly', 'Assembly'), ('letter', 'Letter or message'), ('workshop', 'Workshop or evening'), ('website', 'On the website'), ('other', 'Something else')], max_length=10)),
                ('for_pupils', models.BooleanField(default=False, verbose_name='Pupils')),
                ('for_parents', models.BooleanField(default=False, verbose_name='Parents and carers')),
                ('for_staff', models.BooleanField(default=False, verbose_name='Staff')),
                ('groups', models.CharField(blank=True, help_text='Such as Years 5 and 6.', max_length=150, verbose_name='Year groups or classes')),
                ('title', models.CharField(help_text='Such as: Being kind in group chats.', max_length=200, verbose_name='What was taught or sent')),
                ('details', models.TextField(blank=True, max_length=2000, verbose_name='More about it')),
                ('is_public', models.BooleanField(default=False, verbose_name="May be shown on the school's public guidance page")),
                ('added_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('added_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='education_entries', to='people.organisation')),
            ],
            options={
                'verbose_name_plural': 'education entries',
                'ordering': ['-given_on', '-pk'],
                'indexes': [models.Index(fields=['organisation', 'given_on'], name='governance_education_day')],
                'constraints': [models.CheckConstraint(condition=models.Q(('for_pupils', True), ('for_parents', True), ('for_staff', True), _connector='OR'), name='governance_education_for_somebody', violation_error_message='Say for whom it was.'), models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='governance_education_titled'), models.CheckConstraint(condition=models.Q(('kind__in', ['lesson', 'assembly', 'letter', 'workshop', 'website', 'other'])), name='governance_education_kind')],
            },
        ),
        migrations.AddConstraint(
            model_name='trainingrecord',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('how', 'session'), ('session__isnull', False)), models.Q(models.Q(('how', 'session'), _negated=True), ('session', None)), _connector='OR'), name='governance_training_session'),
        ),
    ]

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('governance', '0003_paper'),
    ]

    operations = [
        migrations.CreateModel(
            name='QuestionEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('asked', 'Asked'), ('follow_up', 'Added'), ('answer', 'Answered'), ('closed', 'Closed: that answers it')], max_length=10)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('first_until', models.DateField(blank=True, null=True)),
                ('second_until', models.DateField(blank=True, null=True)),
                ('third_until', models.DateField(blank=True, null=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'question entries',
                'ordering': ['pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['asked', 'follow_up', 'answer', 'closed'])), name='governance_entry_kind'), models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['asked', 'follow_up']), ('second_until__gt', models.F('first_until')), ('third_until__gt', models.F('second_until'))), models.Q(models.Q(('kind', 'asked'), _negated=True), ('first_until', None), ('second_until', None), ('third_until', None)), _connector='OR'), name='governance_entry_waits_in_order')],
            },
        ),
        migrations.CreateModel(
            name='CheckAttempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('right', models.PositiveSmallIntegerField()),
                ('asked', models.PositiveSmallIntegerField()),
                ('passed', models.BooleanField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='check_attempts', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='check_attempts', to='governance.policyversion')),
            ],
            options={
                'ordering': ['-at', '-pk'],
                'indexes': [models.Index(fields=['person', 'version', 'passed'], name='governance_attempt_person')],
                'constraints': [models.CheckConstraint(condition=models.Q(('asked__gte', 1), ('right__lte', models.F('asked'))), name='governance_attempt_counts'), models.CheckConstraint(condition=models.Q(models.Q(('passed', True), ('right', models.F('asked'))), models.Q(('passed', False), ('right__lt', models.F('asked'))), _connector='OR'), name='governance_passed_is_all_right')],
            },
        ),
        migrations.CreateModel(
            name='CheckQuestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('words', models.CharField(max_length=300, verbose_name='Question')),
                ('choice_1', models.CharField(max_length=200, verbose_name='First choice')),
                ('choice_2', models.CharField(max_length=200, verbose_name='Second choice')),
                ('choice_3', models.CharField(blank=True, max_length=200, verbose_name='Third choice')),
                ('choice_4', models.CharField(blank=True, max_length=200, verbose_name='Fourth choice')),
                ('choice_5', models.CharField(blank=True, max_length=200, verbose_name='Fifth choice')),
                ('right', models.PositiveSmallIntegerField(verbose_name='Which one is right?')),
                ('explanation', models.CharField(max_length=500, verbose_name='Why')),
                ('anchor', models.CharField(blank=True, max_length=100, verbose_name='Where the text says so')),
                ('heading', models.CharField(blank=True, max_length=200)),
                ('edition', models.PositiveIntegerField(default=1)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='check_questions', to='governance.policyversion')),
            ],
            options={
                'ordering': ['version', 'position'],
                'constraints': [models.UniqueConstraint(fields=('version', 'position'), name='governance_check_in_order'), models.CheckConstraint(condition=models.Q(('position__gte', 1), ('position__lte', 5)), name='governance_check_is_short'), models.CheckConstraint(condition=models.Q(models.Q(('words', ''), _negated=True), models.Q(('choice_1', ''), _negated=True), models.Q(('choice_2', ''), _negated=True), models.Q(('explanation', ''), _negated=True)), name='governance_check_question_has_words'), models.CheckConstraint(condition=models.Q(models.Q(('choice_4', ''), models.Q(('choice_3', ''), _negated=True), _connector='OR'), models.Q(('choice_5', ''), models.Q(('choice_4', ''), _negated=True), _connector='OR')), name='governance_check_choices_without_gaps'), models.CheckConstraint(condition=models.Q(('right__in', [1, 2]), models.Q(('right', 3), models.Q(('choice_3', ''), _negated=True)), models.Q(('right', 4), models.Q(('choice_4', ''), _negated=True)), models.Q(('right', 5), models.Q(('choice_5', ''), _negated=True)), _connector='OR'), name='governance_check_one_is_right')],
            },
        ),
        migrations.CreateModel(
            name='CheckAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('chosen', models.PositiveSmallIntegerField()),
                ('is_right', models.BooleanField()),
                ('attempt', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='governance.checkattempt')),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='governance.checkquestion')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('attempt', 'question'), name='governance_answered_once')],
            },
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('anchor', models.CharField(blank=True, max_length=120)),
                ('heading', models.CharField(blank=True, max_length=200, verbose_name='About')),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('paused_until', models.DateField(blank=True, null=True)),
                ('asking', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.policyversion')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organisation')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='questions', to=settings.AUTH_USER_MODEL)),
                ('policy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='questions', to='governance.policy')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.policyversion')),
            ],
            options={
                'ordering': ['-asked_at', '-pk'],
                'indexes': [models.Index(fields=['person', '-asked_at'], name='governance_my_questions')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('paused_until__isnull', False)), fields=('person', 'asking'), name='governance_one_pause_a_version')],
            },
        ),
        migrations.CreateModel(
            name='QuestionWords',
            fields=[
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='said', serialize=False, to='governance.questionentry')),
                ('words', models.TextField(max_length=2000)),
            ],
            options={
                'verbose_name_plural': 'question words',
                'constraints': [models.CheckConstraint(condition=models.Q(('words', ''), _negated=True), name='governance_words_were_said')],
            },
        ),
        migrations.AddField(
            model_name='questionentry',
            name='question',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='governance.question'),
        ),
        migrations.AddField(
            model_name='question',
            name='waiting',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.questionentry'),
        ),
        migrations.CreateModel(
            name='ReadingEvidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_opened_at', models.DateTimeField()),
                ('last_told_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('seconds', models.PositiveIntegerField(default=0)),
                ('reached_end_at', models.DateTimeField(blank=True, null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reading_evidence', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reading_evidence', to='governance.policyversion')),
            ],
            options={
                'verbose_name_plural': 'reading evidence',
                'constraints': [models.UniqueConstraint(fields=('person', 'version'), name='governance_reading_once'), models.CheckConstraint(condition=models.Q(('seconds__lte', 14400)), name='governance_reading_is_capped')],
            },
        ),
        migrations.CreateModel(
            name='SharedAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('anchor', models.CharField(blank=True, max_length=120)),
                ('heading', models.CharField(blank=True, max_length=200)),
                ('asked', models.CharField(max_length=500, verbose_name='The question, in your words')),
                ('answer', models.TextField(max_length=2000)),
                ('shared_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('taken_down_at', models.DateTimeField(blank=True, null=True)),
                ('policy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shared_answers', to='governance.policy')),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shared', to='governance.question')),
                ('shared_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('taken_down_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.policyversion')),
            ],
            options={
                'ordering': ['shared_at', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('asked', ''), _negated=True), models.Q(('answer', ''), _negated=True)), name='governance_shared_has_words'), models.UniqueConstraint(condition=models.Q(('taken_down_at', None)), fields=('question',), name='governance_shared_once', violation_error_message='An answer to this question is shown already.'), models.CheckConstraint(condition=models.Q(models.Q(('taken_down_at__isnull', True), ('taken_down_by__isnull', True)), models.Q(('taken_down_at__isnull', False), ('taken_down_by__isnull', False)), _connector='OR'), name='governance_taken_down')],
            },
        ),
        migrations.AddConstraint(
            model_name='questionentry',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'asked')), fields=('question',), name='governance_asked_once'),
        ),
        migrations.AddIndex(
            model_name='question',
            index=models.Index(condition=models.Q(('waiting__isnull', False)), fields=['policy'], name='governance_open_questions'),
        ),
    ]

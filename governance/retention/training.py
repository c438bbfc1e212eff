"""How long training records and the education log are kept, and why."""

from web.retention import NOT_PERSONAL, Rule, Rules

RECORD = Rule(
    keep="six years after the person's last post ends",
    why="proof that staff were trained, for as long as a claim can be brought",
    then="the person's name is erased; the row keeps its id, and its certificate is erased",
)
NOTE = Rule(
    keep="six years after the person's last post ends",
    why="why a record was corrected, declined or has another end than the course says",
    then="erased; the record stays without it",
)
COURSE = Rule(
    keep="as long as the school keeps records of the course",
    why="who arranged the training is part of its proof",
    then="goes with the course; the person's name is erased earlier, six years after leaving",
)
UPLOAD = Rule(
    keep="until it is confirmed or abandoned, a week at the most",
    why="an uploaded list of training has to be looked at before it counts",
    then="the rows of the file are emptied by a task; who uploaded it and how many stay",
)
LOG = Rule(
    keep="six years",
    why="shows inspectors and governors that the school teaches pupils and parents",
    then="deleted by the school",
)

RULES: Rules = {
    "governance.TrainingCourse.title": NOT_PERSONAL,
    "governance.TrainingCourse.provider": COURSE,
    "governance.TrainingCourse.covers": NOT_PERSONAL,
    "governance.TrainingCourse.created_at": NOT_PERSONAL,
    "governance.TrainingCourse.created_by": COURSE,
    "governance.TrainingRequirement.role": NOT_PERSONAL,
    "governance.TrainingRequirement.since": NOT_PERSONAL,
    "governance.TrainingSession.held_on": NOT_PERSONAL,
    "governance.TrainingSession.place": NOT_PERSONAL,
    "governance.TrainingSession.led_by": COURSE,
    "governance.TrainingSession.created_at": NOT_PERSONAL,
    "governance.TrainingSession.created_by": COURSE,
    "governance.TrainingSession.cancelled_at": NOT_PERSONAL,
    "governance.TrainingSession.cancelled_by": COURSE,
    "governance.TrainingRecord.person": RECORD,
    "governance.TrainingRecord.completed_on": RECORD,
    "governance.TrainingRecord.expires_on": RECORD,
    "governance.TrainingRecord.provider": RECORD,
    "governance.TrainingRecord.how": RECORD,
    "governance.TrainingRecord.state": RECORD,
    "governance.TrainingRecord.recorded_at": RECORD,
    "governance.TrainingRecord.recorded_by": RECORD,
    "governance.TrainingRecord.decided_at": RECORD,
    "governance.TrainingRecord.decided_by": RECORD,
    "governance.TrainingNote.about": NOTE,
    "governance.TrainingNote.text": NOTE,
    "governance.TrainingImport.uploaded_by": UPLOAD,
    "governance.TrainingImport.uploaded_at": UPLOAD,
    "governance.TrainingImport.columns": NOT_PERSONAL,
    "governance.TrainingImport.rows": UPLOAD,
    "governance.TrainingImport.notes": NOT_PERSONAL,
    "governance.TrainingImport.status": NOT_PERSONAL,
    "governance.TrainingImport.counts": NOT_PERSONAL,
    "governance.EducationEntry.given_on": NOT_PERSONAL,
    "governance.EducationEntry.kind": NOT_PERSONAL,
    "governance.EducationEntry.groups": NOT_PERSONAL,
    "governance.EducationEntry.title": LOG,
    "governance.EducationEntry.details": LOG,
    "governance.EducationEntry.added_at": NOT_PERSONAL,
    "governance.EducationEntry.added_by": LOG,
}

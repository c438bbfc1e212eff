"""Courses, sessions, records and who lacks what; what was taught to pupils and parents."""

from django.urls import URLPattern, path

from governance.views import (
    education,
    training,
    training_imports,
    training_records,
    training_sessions,
)

AT = "schools/<slug:school>/training/"
LOG = "schools/<slug:school>/education/"

urlpatterns: list[URLPattern] = [
    # one's own
    path("training/", training_records.mine, name="my_training"),
    path("training/send-in/", training_records.send_in, name="training_send_in"),
    # a school's overview and courses
    path(AT, training.overview, name="training"),
    path(f"{AT}people.csv", training.overview_csv, name="training_csv"),
    path(f"{AT}records.csv", training_imports.records_csv, name="training_records_csv"),
    path(f"{AT}courses/", training.courses, name="training_courses"),
    path(f"{AT}courses/new/", training.course_new, name="training_course_new"),
    path(f"{AT}courses/<int:pk>/", training.course, name="training_course"),
    path(f"{AT}courses/<int:pk>/edit/", training.course_edit, name="training_course_edit"),
    path(f"{AT}courses/<int:pk>/people.csv", training.course_csv, name="training_course_csv"),
    # sessions
    path(
        f"{AT}courses/<int:pk>/sessions/new/",
        training_sessions.session_new,
        name="training_session_new",
    ),
    path(f"{AT}sessions/<int:pk>/", training_sessions.session, name="training_session"),
    path(f"{AT}sessions/<int:pk>/register/", training_sessions.register, name="training_register"),
    path(
        f"{AT}sessions/<int:pk>/edit/",
        training_sessions.session_edit,
        name="training_session_edit",
    ),
    path(
        f"{AT}sessions/<int:pk>/cancel/",
        training_sessions.session_cancel,
        name="training_session_cancel",
    ),
    # people and their records
    path(f"{AT}people/<int:pk>/", training_records.person, name="training_person"),
    path(f"{AT}people/<int:pk>/new/", training_records.record_new, name="training_record_new"),
    path(f"{AT}waiting/", training_records.waiting, name="training_waiting"),
    path(
        f"{AT}records/<int:pk>/confirm/",
        training_records.record_confirm,
        name="training_confirm",
    ),
    path(
        f"{AT}records/<int:pk>/decline/",
        training_records.record_decline,
        name="training_decline",
    ),
    path(
        f"{AT}records/<int:pk>/correct/",
        training_records.record_correct,
        name="training_correct",
    ),
    path(f"{AT}records/<int:pk>/remove/", training_records.record_remove, name="training_remove"),
    # import
    path(f"{AT}import/", training_imports.upload, name="training_import"),
    path(f"{AT}import/<int:pk>/", training_imports.preview, name="training_import_preview"),
    path(
        f"{AT}import/<int:pk>/confirm/",
        training_imports.confirm,
        name="training_import_confirm",
    ),
    path(
        f"{AT}import/<int:pk>/abandon/",
        training_imports.abandon,
        name="training_import_abandon",
    ),
    # the education log
    path(LOG, education.log, name="education"),
    path(f"{LOG}log.csv", education.log_csv, name="education_csv"),
    path(f"{LOG}new/", education.entry_new, name="education_new"),
    path(f"{LOG}<int:pk>/edit/", education.entry_edit, name="education_edit"),
    path(f"{LOG}<int:pk>/delete/", education.entry_delete, name="education_delete"),
]

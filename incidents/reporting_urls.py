"""How concerns are reported: by colleagues, on paper, and by anybody without signing in.

What an address holds is a random reference, and nothing of what was reported.
"""

from django.urls import URLPattern, path

from incidents.views import own_files, own_reports, paper_reports, public_reports, reporting

NEW = "report-a-concern/"
DRAFT = f"{NEW}<slug:draft>/"
LOG = "schools/<slug:school>/report-a-concern/log/<int:entry>/"
MINE = "my-reports/"
PAPER = "schools/<slug:school>/report-a-concern/"
PUBLIC = "s/<slug:school>/report/"
urlpatterns: list[URLPattern] = [
    path(NEW, reporting.begin, name="report"),
    path(f"{DRAFT}check/", reporting.check, name="report_check"),
    path(f"{DRAFT}files/", reporting.files, name="report_files"),
    path(f"{DRAFT}send/", reporting.send, name="report_send"),
    path(f"{DRAFT}delete/", reporting.discard, name="report_discard"),
    path(f"{DRAFT}question/<slug:step>/", reporting.question, name="report_question"),
    path(LOG, reporting.from_log, name="from_log"),
    path(f"{LOG}begin/", reporting.begin_from_log, name="begin_from_log"),
    path(MINE, own_reports.mine, name="own_reports"),
    path(f"{MINE}<slug:reference>/", own_reports.one, name="own_report"),
    path(f"{MINE}<slug:reference>/file/", own_files.gate, name="own_file"),
    path(f"{MINE}<slug:reference>/file/<str:token>/", own_files.add, name="own_file_add"),
    path(f"{MINE}<slug:reference>/sent/", own_reports.sent, name="report_sent"),
    path(f"{PAPER}form.pdf", paper_reports.form_pdf, name="paper_form"),
    path(f"{PAPER}paper/", paper_reports.enter, name="paper_enter"),
    path(PUBLIC, public_reports.report, name="public_report"),
    path(f"{PUBLIC}messages/", public_reports.box, name="public_box"),
    path(f"{PUBLIC}poster.pdf", public_reports.poster, name="public_report_poster"),
]

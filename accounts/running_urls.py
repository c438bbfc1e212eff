"""Addresses of running an account day to day: its log, its checks, the list before posting."""

from django.urls import path

from accounts.views import before_posting, checks, exceptions, log

AT = "schools/<slug:school>/accounts/"
ASKED = "schools/<slug:school>/private-contacts/"
ONE = f"{AT}<int:pk>/"
urlpatterns = [
    path(f"{ONE}log/", log.log_list, name="log"),
    path(f"{ONE}log/export/", log.log_export, name="log_export"),
    path(f"{ONE}log/add/", log.log_choose, name="log_choose"),
    path(f"{ONE}log/add/<slug:kind>/", log.log_add, name="log_add"),
    path(f"{ONE}log/<int:entry>/", log.log_correct, name="log_correct"),
    path(f"{ONE}log/<int:entry>/mistake/", log.log_strike, name="log_strike"),
    path(f"{AT}checks/", checks.checks_at, name="checks_at"),
    path(f"{ONE}checks/", checks.check_list, name="checks"),
    path(f"{ONE}checks/do/", checks.check_do, name="check_do"),
    path(f"{ONE}checks/found/<int:finding>/", checks.finding_settle, name="finding_settle"),
    path(f"{ONE}before-posting/", before_posting.checklist, name="before_posting"),
    path(ASKED, exceptions.exception_list, name="exceptions"),
    path(f"{ASKED}ask/", exceptions.exception_ask, name="exception_ask"),
    path(f"{ASKED}<int:pk>/", exceptions.exception_detail, name="exception"),
    path(f"{ASKED}<int:pk>/end/", exceptions.exception_end, name="exception_end"),
]

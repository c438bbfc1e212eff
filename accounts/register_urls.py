"""Addresses of the register as a whole: importing a list, a trust's schools at a glance."""

from django.urls import path

from accounts.views import account_import, across

SCHOOLS = "schools/<slug:school>/accounts/schools/"
AT = "schools/<slug:school>/accounts/import/"
ONE = f"{AT}<int:pk>/"
urlpatterns = [
    path(SCHOOLS, across.schools, name="schools"),
    path(f"{SCHOOLS}csv/", across.schools_csv, name="schools_csv"),
    path(AT, account_import.upload, name="import"),
    path(f"{ONE}columns/", account_import.choose, name="import_columns"),
    path(ONE, account_import.preview, name="import_preview"),
    path(f"{ONE}confirm/", account_import.confirm, name="import_confirm"),
    path(f"{ONE}abandon/", account_import.abandon, name="import_abandon"),
]

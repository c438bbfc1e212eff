"""The self-check of personal accounts, and what a leaver promises."""

from django.urls import URLPattern, path

from governance.views import leaving, self_check

urlpatterns: list[URLPattern] = [
    path("leaving/<int:pk>/", leaving.attest, name="leaving"),
    path("leaving/receipts/<str:reference>/", leaving.receipt, name="leaving_receipt"),
    path("schools/<slug:school>/leavers/", leaving.leaver_list, name="leavers"),
    path("schools/<slug:school>/leavers/<int:pk>/", leaving.record, name="leaving_record"),
    path("self-check/", self_check.check, name="self_check"),
    path("schools/<slug:school>/self-checks/", self_check.who, name="self_checks"),
    path("schools/<slug:school>/self-checks.csv", self_check.who_csv, name="self_checks_csv"),
]

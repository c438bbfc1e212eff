"""The self-check of personal accounts, and what a leaver promises."""

from django.urls import URLPattern, path

from governance.views import leaving

urlpatterns: list[URLPattern] = [
    path("leaving/<int:pk>/", leaving.attest, name="leaving"),
    path("leaving/receipts/<str:reference>/", leaving.receipt, name="leaving_receipt"),
    path("schools/<slug:school>/leavers/", leaving.leaver_list, name="leavers"),
    path("schools/<slug:school>/leavers/<int:pk>/", leaving.record, name="leaving_record"),
]

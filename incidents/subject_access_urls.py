"""Addresses of requests for somebody's data. An address holds references and says nothing."""

from django.urls import path

from incidents.views import subject_access as views
from incidents.views import subject_access_cases as cases

AT = "schools/<slug:school>/concerns/requests/"
ONE = "matters/<slug:reference>/"
PART = f"{ONE}<slug:case>/"
urlpatterns = [
    path(AT, views.requests, name="requests"),
    path(f"{AT}new/", views.request_new, name="request_new"),
    path(ONE, views.subject_request, name="request"),
    path(f"{ONE}find/", views.request_find, name="request_find"),
    path(f"{ONE}add/", views.request_add, name="request_add"),
    path(f"{ONE}identity/", views.request_identity, name="request_identity"),
    path(f"{ONE}longer/", views.request_longer, name="request_longer"),
    path(f"{ONE}take/", views.request_take, name="request_take"),
    path(f"{ONE}bundle/", views.request_bundle, name="request_bundle"),
    path(f"{ONE}end/", views.request_end, name="request_end"),
    path(PART, cases.requested, name="requested"),
    path(f"{PART}entries/", cases.requested_many, name="requested_many"),
    path(f"{PART}entries/<slug:key>/", cases.requested_entry, name="requested_entry"),
    path(f"{PART}ready/", cases.requested_ready, name="requested_ready"),
    path(f"{PART}check/", cases.requested_check, name="requested_check"),
    path(f"{PART}back/", cases.requested_back, name="requested_back"),
    path(f"{PART}out/", cases.requested_out, name="requested_out"),
    path(f"{PART}in/", cases.requested_in, name="requested_in"),
]

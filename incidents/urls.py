"""Addresses of concerns and cases."""

from django.urls import URLPattern

from incidents import (
    evidence_urls,
    figures_urls,
    handling_urls,
    investigating_urls,
    reporting_urls,
    subject_access_urls,
)

app_name = "incidents"
urlpatterns: list[URLPattern] = [
    *reporting_urls.urlpatterns,
    *figures_urls.urlpatterns,
    *handling_urls.urlpatterns,
    *investigating_urls.urlpatterns,
    *evidence_urls.urlpatterns,
    *subject_access_urls.urlpatterns,
]

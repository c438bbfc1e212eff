"""Addresses of concerns and cases."""

from django.urls import URLPattern

from incidents import reporting_urls

app_name = "incidents"
urlpatterns: list[URLPattern] = [
    *reporting_urls.urlpatterns,
]

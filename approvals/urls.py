"""Addresses of business cases."""

from django.urls import URLPattern

app_name = "approvals"
AT = "schools/<slug:school>/business-cases/"
ONE = f"{AT}<int:number>/"
urlpatterns: list[URLPattern] = []

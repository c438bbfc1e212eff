"""PDFs, printed copies and the check of their codes."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []

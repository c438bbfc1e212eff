"""Questions instead of a signature, comprehension checks, evidence of reading."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []

"""Signatures on paper and on a shared tablet, and bulk records."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []

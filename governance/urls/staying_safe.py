"""The self-check of personal accounts, and what a leaver promises."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []

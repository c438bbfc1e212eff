"""The review calendar, reviews and their outcomes, comments at sign-off."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []

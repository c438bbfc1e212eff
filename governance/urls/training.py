"""Courses, sessions, records and who lacks what; what was taught to pupils and parents."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []

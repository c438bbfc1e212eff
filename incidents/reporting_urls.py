"""How concerns are reported: by colleagues, on paper, and by anybody without signing in."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []

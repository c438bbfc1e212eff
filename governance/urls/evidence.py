"""Evidence packs and as-at questions."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []

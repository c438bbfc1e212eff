"""What anybody may read: a school's policies and guidance."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []

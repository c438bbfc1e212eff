"""Local appendices to trust policies, adoption, and several policies in one sitting."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []

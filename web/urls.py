"""Addresses that belong to no app: the portal's health, and the colour of a school."""

from django.urls import URLPattern, path, register_converter

from web import converters, health, views

register_converter(converters.Colour, "colour")

app_name = "web"
urlpatterns: list[URLPattern] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("colour/<colour:colour>.css", views.school_css, name="school_css"),
]

"""Addresses of figures and of what is kept how long."""

from django.urls import URLPattern, path

from incidents.views import figures, retention

PLACE = "schools/<slug:school>/concerns/"
urlpatterns: list[URLPattern] = [
    path(f"{PLACE}figures/", figures.figures, name="figures"),
    path(f"{PLACE}figures/paper/", figures.figures_pdf, name="figures_pdf"),
    path(f"{PLACE}figures/spreadsheet/", figures.figures_csv, name="figures_csv"),
    path(f"{PLACE}kept/", retention.retention, name="retention"),
]

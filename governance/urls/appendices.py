"""Local appendices to trust policies, adoption, and several policies in one sitting."""

from django.urls import path

from governance.views import appendices, sitting

urlpatterns = [
    path("policies/sitting/", sitting.sitting, name="sitting"),
    path("policies/<int:pk>/schools/", appendices.schools, name="schools"),
    path("policies/<int:pk>/schools.csv", appendices.schools_csv, name="schools_csv"),
    path("schools/<slug:school>/policies/<int:pk>/adoption/", appendices.adopt, name="adoption"),
    path(
        "schools/<slug:school>/policies/<int:pk>/appendix/",
        appendices.start_appendix,
        name="start_appendix",
    ),
]

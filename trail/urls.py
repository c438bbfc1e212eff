from django.urls import path, register_converter

from trail import views


class RowKind:
    """`<app>.<model>`, as in `people.membership`."""

    regex = r"[a-z]+\.[a-z]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(RowKind, "row_kind")

app_name = "trail"
AT = "schools/<slug:school>/record/"
urlpatterns = [
    path(AT, views.school_record, name="school"),
    path(f"{AT}<row_kind:target_type>/<int:target_id>/", views.object_record, name="object"),
]

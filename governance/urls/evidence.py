"""Evidence packs and as-at questions."""

from django.urls import URLPattern, path

from governance.views import evidence

urlpatterns: list[URLPattern] = [
    path("policies/as-at/", evidence.my_as_at, name="my_as_at"),
    path("schools/<slug:school>/people/<int:pk>/as-at/", evidence.person_as_at, name="as_at"),
    path("schools/<slug:school>/evidence/", evidence.pack_list, name="evidence"),
    path("schools/<slug:school>/evidence/new/", evidence.pack_new, name="evidence_new"),
    path("schools/<slug:school>/evidence/<int:pk>/", evidence.pack, name="evidence_pack"),
    path(
        "schools/<slug:school>/evidence/<int:pk>/download/",
        evidence.pack_download,
        name="evidence_download",
    ),
    path("evidence/confirm/", evidence.confirm, name="evidence_confirm"),
    path("evidence/confirm/file/", evidence.confirm_file, name="evidence_confirm_file"),
    path("evidence/verify_pack.py", evidence.script, name="evidence_script"),
]

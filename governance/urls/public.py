"""What anybody may read: a school's policies and guidance."""

from django.urls import URLPattern, path

from governance.views import guidance, public

urlpatterns: list[URLPattern] = [
    path("s/<slug:school>/", public.policies, name="public_school"),
    path("s/<slug:school>/policies/<int:pk>/", public.policy, name="public_policy"),
    path("s/<slug:school>/policies/<int:pk>.pdf", public.policy_pdf, name="public_policy_pdf"),
    path(
        "s/<slug:school>/policies/<int:pk>/versions/<int:version>/",
        public.version,
        name="public_version",
    ),
    path("s/<slug:school>/guidance/", guidance.public, name="public_guidance"),
    # writing it
    path("schools/<slug:school>/guidance/", guidance.overview, name="guidance"),
    path("schools/<slug:school>/guidance/edit/", guidance.edit, name="guidance_edit"),
    path(
        "schools/<slug:school>/guidance/take-down/",
        guidance.take_down,
        name="guidance_take_down",
    ),
    path("schools/<slug:school>/guidance/<int:pk>/", guidance.edition, name="guidance_edition"),
    path("schools/<slug:school>/guidance/<int:pk>/show/", guidance.show, name="guidance_show"),
]

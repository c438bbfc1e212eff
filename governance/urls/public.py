"""What anybody may read: a school's policies and guidance."""

from django.urls import URLPattern, path

from governance.views import public

urlpatterns: list[URLPattern] = [
    path("s/<slug:school>/", public.policies, name="public_school"),
    path("s/<slug:school>/policies/<int:pk>/", public.policy, name="public_policy"),
    path(
        "s/<slug:school>/policies/<int:pk>/versions/<int:version>/",
        public.version,
        name="public_version",
    ),
]

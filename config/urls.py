"""Every address of the portal."""

from django.urls import include, path

from people.admin import portal_admin

urlpatterns = [
    path("", include("overview.urls")),
    path("", include("web.urls")),
    path("", include("people.sign_in_urls")),
    path("", include("people.urls")),
    path("", include("governance.urls")),
    path("", include("accounts.urls")),
    path("", include("approvals.urls")),
    path("", include("incidents.urls")),
    path("", include("notices.urls")),
    path("", include("files.urls")),
    path("", include("trail.urls")),
    path("admin/", portal_admin.urls),
]

handler400 = "web.views.bad_request"
handler403 = "web.views.forbidden"
handler404 = "web.views.not_found"
handler500 = "web.views.server_error"

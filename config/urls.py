"""Every address of the portal."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("overview.urls")),
    path("", include("web.urls")),
    path("", include("people.sign_in_urls")),
    path("", include("people.urls")),
    path("", include("governance.urls")),
    path("", include("notices.urls")),
    path("", include("trail.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "web.views.bad_request"
handler403 = "web.views.forbidden"
handler404 = "web.views.not_found"
handler500 = "web.views.server_error"

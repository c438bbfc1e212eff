"""The admin pages: schools and users, for an operator. Nothing of what schools write is here."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.http import HttpRequest

from people.models import Organisation, OrganisationDomain, User
from people.services import sign_in
from trail import audit


class PortalAdminSite(admin.AdminSite):
    """Opens only for a superuser marked as staff who came in through the portal's own sign-in."""

    site_header = site_title = "School Social Portal: operation"

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return bool(
            user.is_authenticated and user.is_active and user.is_staff and user.is_superuser
        )


class DomainInline(admin.TabularInline):
    model = OrganisationDomain
    extra = 1


class OrganisationAdmin(admin.ModelAdmin):
    list_display = ("name", "kind", "parent", "slug")
    list_filter = ("kind",)
    search_fields = ("name", "slug")
    fields = ("kind", "parent", "name", "slug", "colour", "nation", "time_zone")
    readonly_fields = ("kind", "parent", "slug")
    inlines = (DomainInline,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # founding writes more than one row: manage.py start_portal

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        audit.record("organisation.change", form.instance, by=request.user)


class UserAdmin(admin.ModelAdmin):
    list_display = ("name", "email", "is_active", "is_staff", "is_superuser")
    list_filter = ("is_active", "is_staff", "is_superuser")
    search_fields = ("name", "email")
    fields = ("name", "email", "is_active", "is_staff", "is_superuser", "last_login")
    readonly_fields = ("name", "email", "last_login")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: Any, obj: User, form: Any, change: bool) -> None:
        sign_in.set_flags(obj, by=request.user)


portal_admin = PortalAdminSite(name="admin")
portal_admin.login = secure_admin_login(portal_admin.login)  # type: ignore[method-assign]
portal_admin.register(Organisation, OrganisationAdmin)
portal_admin.register(User, UserAdmin)

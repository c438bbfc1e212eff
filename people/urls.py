"""Addresses of a school's people, year and settings; the person's own pages come from sign-in."""

from django.urls import path

from people.sign_in_urls import person_patterns
from people.views import cover, importing, school, staff, terms, year

app_name = "people"

AT = "schools/<slug:school>/"
urlpatterns = [
    path(f"{AT}people/", staff.people_list, name="list"),
    path(f"{AT}people/export/", staff.people_export, name="export"),
    path(f"{AT}people/add/", staff.person_add, name="add"),
    path(f"{AT}people/<int:pk>/", staff.person_detail, name="detail"),
    path(f"{AT}people/<int:pk>/change/", staff.person_change, name="change"),
    path(f"{AT}people/<int:pk>/roles/", staff.person_roles, name="roles"),
    path(f"{AT}people/<int:pk>/leave/", staff.person_leave, name="leave"),
    path(f"{AT}people/<int:pk>/stay/", staff.person_stay, name="stay"),
    path(f"{AT}people/cover/", cover.school_list, name="cover_list"),
    path(f"{AT}people/cover/add/", cover.school_add, name="cover_new"),
    path(f"{AT}people/cover/<int:pk>/", cover.school_change, name="cover_edit"),
    path(f"{AT}people/cover/<int:pk>/end/", cover.school_end, name="cover_over"),
    path(f"{AT}people/import/", importing.import_upload, name="import"),
    path(f"{AT}people/import/<int:pk>/", importing.import_preview, name="import_preview"),
    path(f"{AT}people/import/<int:pk>/columns/", importing.import_columns, name="import_columns"),
    path(f"{AT}people/import/<int:pk>/confirm/", importing.import_confirm, name="import_confirm"),
    path(f"{AT}people/import/<int:pk>/abandon/", importing.import_abandon, name="import_abandon"),
    path(f"{AT}people/import/<int:pk>/done/", importing.import_done, name="import_done"),
    path(f"{AT}people/import/<int:pk>/invite/", importing.import_invite, name="import_invite"),
    path(f"{AT}settings/", school.settings, name="settings"),
    path(f"{AT}settings/details/", school.details, name="settings_details"),
    path(f"{AT}year/", year.year_view, name="year"),
    path(f"{AT}terms/", terms.year, name="terms"),
    path(f"{AT}terms/import/", year.terms_import, name="terms_import"),
    path(f"{AT}terms/import/confirm/", year.terms_import_confirm, name="terms_import_confirm"),
    path(f"{AT}terms/take-over/", year.terms_take_over, name="terms_take_over"),
    path(f"{AT}terms/follow-trust/", year.terms_follow_trust, name="terms_follow_trust"),
    path(f"{AT}terms/add/", terms.term_add, name="term_add"),
    path(f"{AT}terms/<int:pk>/", terms.term_change, name="term_change"),
    path(f"{AT}terms/<int:pk>/delete/", terms.term_delete, name="term_delete"),
    path(f"{AT}closures/add/", terms.closure_add, name="closure_add"),
    path(f"{AT}closures/<int:pk>/", terms.closure_change, name="closure_change"),
    path(f"{AT}closures/<int:pk>/delete/", terms.closure_delete, name="closure_delete"),
    *person_patterns,
]

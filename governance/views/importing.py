"""From a file to a draft: read it, show what was recognised, keep it when confirmed (D8)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from files.models import StoredFile
from files.services import open_file, store
from governance.forms.writing import ImportConfirmForm, ImportFileForm
from governance.importing import ImportRefused, read_policy
from governance.importing.reasons import grouped
from governance.services import importing as importing_services
from governance.text.render import to_html
from people.http import Request
from people.models import Organisation
from people.roles import Permission
from people.views.scope import school_where
from web.errors import RuleBroken


@require_http_methods(["GET", "POST"])
def import_file(request: Request, school: str) -> HttpResponse:
    place = school_where(request, school, Permission.MANAGE_POLICIES)
    cancel = reverse("governance:manage", args=[place.slug])
    form = ImportFileForm(request.POST or None, request.FILES or None, cancel=cancel)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            imported = read_policy(upload.read(), upload.name)
            upload.seek(0)
            source = store(
                upload, organisation=place, by=request.user, purpose=importing_services.PURPOSE
            )
        except (ImportRefused, RuleBroken) as problem:
            form.add_error("file", str(problem))
        else:
            return _render_preview(request, place, imported, _confirm_form(place, imported, source))
    return render(request, "governance/import_file.html", {"school": place, "form": form})


def _confirm_form(place: Organisation, imported: Any, source: StoredFile) -> ImportConfirmForm:
    found = importing_services.recognised(imported)
    initial = {**found, "source": source.pk, "body": imported.markdown}
    return ImportConfirmForm(initial=initial, **_addresses(place))


def _addresses(place: Organisation) -> dict[str, str]:
    return {
        "action": reverse("governance:import_confirm", args=[place.slug]),
        "cancel": reverse("governance:manage", args=[place.slug]),
    }


def _render_preview(
    request: Request, place: Organisation, imported: Any, form: ImportConfirmForm, status: int = 200
) -> HttpResponse:
    context = {
        "school": place,
        "imported": imported,
        "html": to_html(imported.markdown),
        "found_where": importing_services.found_where(imported),
        "left_out": grouped(imported.left_out),
        "form": form,
    }
    return render(request, "governance/import_preview.html", context, status=status)


@require_POST
def import_confirm(request: Request, school: str) -> HttpResponse:
    place = school_where(request, school, Permission.MANAGE_POLICIES)
    form = ImportConfirmForm(request.POST, **_addresses(place))
    uploads = StoredFile.objects.filter(
        organisation=place, uploaded_by=request.user, purpose=importing_services.PURPOSE
    )
    number = request.POST.get("source", "")
    source = get_object_or_404(uploads, pk=number if number.isdecimal() else 0)
    if form.is_valid():
        data = {name: value for name, value in form.cleaned_data.items() if name != "source"}
        version = importing_services.keep(place, by=request.user, source=source, **data)
        messages.success(request, "The draft has been saved. Next: say who it is for.")
        return redirect("governance:policy", version.policy_id)
    imported = read_policy(open_file(source), source.name)
    return _render_preview(request, place, imported, form, status=422)

"""From a file to a draft: read it, show what was recognised, keep it when confirmed (D8)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from files.models import StoredFile
from files.services import FileDamaged, open_file, store
from governance.forms.importing import (
    ImportFileForm,
    NewPolicyConfirmForm,
    NewVersionConfirmForm,
)
from governance.importing import ImportedPolicy, ImportRefused, read_policy
from governance.importing.reasons import grouped
from governance.models import Policy, PolicyVersion
from governance.services import importing as importing_services
from governance.services.drafts import EditedMeanwhile, why_closed
from governance.text.limits import too_long
from governance.text.render import to_html
from governance.views.managing import get_policy
from people.http import Request
from people.models import Organisation
from people.roles import Permission
from people.views.scope import school_where, typed
from web.errors import RuleBroken
from web.forms import refuse


@require_http_methods(["GET", "POST"])
def import_file(request: Request, school: str) -> HttpResponse:
    """Choose the file of a new policy."""
    place = school_where(request, school, Permission.MANAGE_POLICIES)
    cancel = reverse("governance:manage", args=[place.slug])
    form = ImportFileForm(typed(request), request.FILES or None, cancel=cancel)
    source = _stored(request, place, form)
    if source is not None:
        return redirect("governance:import_preview", place.slug, source.pk)
    return render(request, "governance/import_file.html", {"school": place, "form": form})


@require_http_methods(["GET", "POST"])
def import_preview(request: Request, school: str, file: int) -> HttpResponse:
    """What was recognised in it; sent back confirmed, it becomes a draft."""
    place = school_where(request, school, Permission.MANAGE_POLICIES)
    source, imported = _upload(request, place, file)
    if source is None or imported is None:
        return _gone(request, place, reverse("governance:import", args=[place.slug]))
    kept = PolicyVersion.objects.filter(source_file=source).first()
    if kept is not None:
        return _already_kept(request, kept)
    found = importing_services.recognised(imported)
    form = NewPolicyConfirmForm(
        typed(request),
        imported=imported,
        owner=place,
        by=request.user,
        cancel=reverse("governance:manage", args=[place.slug]),
        initial={**found, "body": imported.markdown},
    )
    if request.method == "POST" and form.is_valid():
        version = importing_services.keep(place, by=request.user, source=source, **form.confirmed())
        messages.success(request, "The draft has been saved. Next: say who it is for.")
        return redirect("governance:policy", version.policy_id)
    return _preview(request, imported, {"school": place, "form": form, "doubt": ""})


@require_http_methods(["GET", "POST"])
def import_version(request: Request, pk: int) -> HttpResponse:
    """Choose the file of a policy's next version."""
    policy = get_policy(request, pk, Permission.MANAGE_POLICIES)
    about = _about(policy)
    if request.method == "GET" and about["draft"] and (why := why_closed(about["draft"])):
        messages.info(request, why)
        return redirect("governance:policy", policy.pk)
    cancel = reverse("governance:policy", args=[policy.pk])
    form = ImportFileForm(typed(request), request.FILES or None, cancel=cancel)
    source = _stored(request, policy.owner, form)
    if source is not None:
        return redirect("governance:import_version_preview", policy.pk, source.pk)
    context = {**about, "form": form}
    return render(request, "governance/import_file.html", context)


@require_http_methods(["GET", "POST"])
def import_version_preview(request: Request, pk: int, file: int) -> HttpResponse:
    """The same for a policy that exists: the words become its next version."""
    policy = get_policy(request, pk, Permission.MANAGE_POLICIES)
    source, imported = _upload(request, policy.owner, file)
    if source is None or imported is None:
        again = reverse("governance:import_version", args=[policy.pk])
        return _gone(request, policy.owner, again, policy)
    kept = PolicyVersion.objects.filter(source_file=source).first()
    if kept is not None:
        return _already_kept(request, kept)
    about = _about(policy)
    form, doubt = _version_form(request, policy, imported, about["draft"])
    if request.method == "POST" and form.is_valid():
        try:
            importing_services.keep_as_version(
                policy, by=request.user, source=source, **form.confirmed()
            )
        except EditedMeanwhile as problem:
            refuse(form, problem)
            form.data = {**form.data.dict(), "edition": problem.version.edition}  # type: ignore[attr-defined]
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            messages.success(request, "The draft of the new version has been saved.")
            return redirect("governance:policy", policy.pk)
    return _preview(request, imported, {**about, "form": form, "doubt": doubt})


def _version_form(
    request: Request, policy: Policy, imported: ImportedPolicy, draft: PolicyVersion | None
) -> tuple[NewVersionConfirmForm, str]:
    found = importing_services.recognised(imported)
    version = imported.metadata.version
    number, doubt = importing_services.expected_number(policy, version.value if version else "")
    initial = {
        "title": found["title"] or policy.title,
        "number": number[:20],
        "agreed_on": found["agreed_on"],
        "body": imported.markdown,
        "edition": draft.edition if draft else None,
    }
    cancel = reverse("governance:policy", args=[policy.pk])
    form = NewVersionConfirmForm(typed(request), imported=imported, cancel=cancel, initial=initial)
    return form, doubt


def _about(policy: Policy) -> dict[str, Any]:
    return {
        "school": policy.owner,
        "policy": policy,
        "draft": policy.versions.open().first(),
        "nav_path": reverse("governance:manage", args=[policy.owner.slug]),
    }


def _stored(request: Request, place: Organisation, form: ImportFileForm) -> StoredFile | None:
    """The upload, kept for a day, once it has been read; else the form says what is wrong."""
    if request.method != "POST" or not form.is_valid():
        return None
    upload = form.cleaned_data["file"]
    try:
        read_policy(upload.read(), upload.name)
        upload.seek(0)
        return store(
            upload, organisation=place, by=request.user, purpose=importing_services.PURPOSE
        )
    except (ImportRefused, RuleBroken) as problem:
        form.add_error("file", str(problem))
        return None


def _upload(
    request: Request, place: Organisation, file: int
) -> tuple[StoredFile | None, ImportedPolicy | None]:
    """This person's own upload here and what it says, unless it is gone."""
    uploads = StoredFile.objects.filter(
        organisation=place, uploaded_by=request.user, purpose=importing_services.PURPOSE
    )
    source = uploads.filter(pk=file).first()
    try:
        return source, read_policy(open_file(source), source.name) if source else None
    except (FileDamaged, ImportRefused):
        return source, None


def _already_kept(request: Request, kept: PolicyVersion) -> HttpResponse:
    messages.info(request, "This file has been kept as a draft already. Here it is.")
    return redirect("governance:policy", kept.policy_id)


def _gone(
    request: Request, place: Organisation, again: str, policy: Policy | None = None
) -> HttpResponse:
    """An upload waits a day. What somebody typed beside it is shown, so that it is not lost."""
    context = {
        "school": place,
        "policy": policy,
        "again": again,
        "typed": request.POST.get("body", ""),
    }
    return render(request, "governance/import_gone.html", context, status=404)


def _preview(request: Request, imported: ImportedPolicy, context: dict[str, Any]) -> HttpResponse:
    gone = {one.number for one in imported.left_out}
    typed_body = request.POST.get("body", "")
    shown = typed_body if typed_body and not too_long(typed_body) else imported.markdown
    doubts = [context["doubt"], importing_services.another_school(imported, context["school"])]
    context |= {
        "doubts": [*filter(None, doubts), *imported.warnings],
        "imported": imported,
        "html": to_html(shown),
        "left_out": grouped(imported.left_out),
        "lines": [
            (number, line, number in gone)
            for number, line in enumerate(imported.source_text.splitlines(), start=1)
            if line.strip()
        ],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "governance/import_preview.html", context, status=status)

"""Signatures on paper: print a sheet, record a signed one in small steps (P5, D11)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from governance import sheets, sheets_to_print
from governance.forms.paper import PeopleFilter, PrintForm, ScanForm, SheetForm, policy_page
from governance.models import PaperSheet, Policy
from governance.services import paper, recording
from people.http import Request
from people.models import Organisation
from people.roles import Permission
from people.views.scope import school_where, typed
from web.errors import RuleBroken
from web.forms import refuse
from web.pdf import pdf_answer

PER_PAGE = 25
PEOPLE_PER_PAGE = 100


def _policy_at(request: Request, slug: str, pk: int) -> tuple[Organisation, Policy]:
    """The place, and a document in force that counts there. An appendix is read with its policy."""
    place = school_where(request, slug, Permission.RECORD_SIGNATURES)
    policies = Policy.objects.in_force().documents().reaching(place)
    found = policies.select_related("current", "owner").defer("current__body")
    return place, get_object_or_404(found, pk=pk)


def _sheet_at(request: Request, slug: str, pk: int) -> tuple[Organisation, PaperSheet]:
    place = school_where(request, slug, Permission.RECORD_SIGNATURES)
    related = "version__policy__owner", "appendix__policy", "witness", "recorded_by"
    rows = PaperSheet.objects.filter(organisation=place).select_related(
        "organisation__parent", *related
    )
    return place, get_object_or_404(rows.defer("version__body", "appendix__body"), pk=pk)


@require_GET
def overview(request: Request, school: str, pk: int) -> HttpResponse:
    """Both ways, what waits to be finished, and what was recorded from paper."""
    place, policy = _policy_at(request, school, pk)
    rows = PaperSheet.objects.filter(organisation=place, version__policy=policy).select_related(
        "organisation", "version", "witness", "started_by", "recorded_by"
    )
    rows = rows.defer("version__body").order_by("-signed_on", "-pk")
    recorded = rows.recorded().annotate(signed=Count("witnessed"))
    context = {
        "school": place,
        "policy": policy,
        "unfinished": rows.unfinished().annotate(number=Count("signers")),
        "page": Paginator(recorded, PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "governance/paper_overview.html", context)


@require_GET
def print_sheet(request: Request, school: str, pk: int) -> HttpResponse:
    """Choose whose names are on the sheet; then the sheet itself, as a PDF."""
    place, policy = _policy_at(request, school, pk)
    rows = sheets_to_print.unsigned(policy, place)
    form = PrintForm(request.GET or None, rows=rows)
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        content = sheets_to_print.sheet(
            policy,
            place,
            sheets_to_print.narrowed(
                rows, data["who"], data.get("department", ""), data.get("people", [])
            ),
            lines=int(data["lines"] or 25) if data["who"] == "empty" else 0,
        )
        return pdf_answer(content, f"signatures-{place.slug}-{policy.pk}.pdf", shown=True)
    context = {"school": place, "policy": policy, "form": form, "number": len(rows)}
    return render(request, "governance/paper_print.html", context)


@require_http_methods(["GET", "POST"])
def new(request: Request, school: str, pk: int) -> HttpResponse:
    """What the signed paper says: version, day, witness, reason."""
    place, policy = _policy_at(request, school, pk)
    form = SheetForm(
        typed(request),
        place=place,
        editions=sheets.editions_at(policy, place),
        cancel=policy_page(place, policy.pk),
        initial={"witness": request.user.pk},
    )
    if request.method == "POST" and form.is_valid():
        try:
            sheet = paper.start(place, by=request.user, **form.cleaned_data)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            return redirect("governance:paper_people", place.slug, sheet.pk)
    context = {"school": place, "policy": policy, "form": form}
    return render(request, "governance/paper_form.html", context)


@require_http_methods(["GET", "POST"])
def change(request: Request, school: str, pk: int) -> HttpResponse:
    """Correct what was said of the sheet, before it is on record."""
    place, sheet = _sheet_at(request, school, pk)
    if sheet.is_recorded:
        return redirect(sheet)
    form = SheetForm(
        typed(request),
        place=place,
        editions=sheets.editions_at(sheet.version.policy, place),
        cancel=reverse("governance:paper_check", args=[place.slug, sheet.pk]),
        initial={
            "edition": "-".join(str(one.pk) for one in sheet.versions),
            "signed_on": sheet.signed_on,
            "witness": sheet.witness_id,
            "reason": sheet.reason,
            "note": sheet.note,
        },
    )
    if request.method == "POST" and form.is_valid():
        try:
            paper.describe(sheet, by=request.user, **form.cleaned_data)
        except RuleBroken as problem:
            refuse(form, problem)
        else:
            return redirect("governance:paper_check", place.slug, sheet.pk)
    context = {"school": place, "policy": sheet.version.policy, "sheet": sheet, "form": form}
    return render(request, "governance/paper_form.html", context)


@require_http_methods(["GET", "POST"])
def people(request: Request, school: str, pk: int) -> HttpResponse:
    """Tick who signed. The ticks of a page are kept whichever button is pressed."""
    place, sheet = _sheet_at(request, school, pk)
    if sheet.is_recorded:
        return redirect(sheet)
    if request.method == "POST":
        try:
            _keep(request, sheet)
        except RuleBroken as problem:
            messages.error(request, str(problem))
            return redirect(_here(place, sheet, request.POST))
        return redirect(_next(place, sheet, request.POST))
    rows = sheets.people_for(sheet, request.user)
    departments = rows.order_by("department").values_list("department", flat=True).distinct()
    form = PeopleFilter(request.GET or None, departments=list(departments))
    data = form.cleaned_data if form.is_bound and form.is_valid() else {}
    found = sheets.matching(rows, data.get("department", ""), data.get("q", ""))
    context = {
        "school": place,
        "sheet": sheet,
        "policy": sheet.version.policy,
        "form": form,
        "page": Paginator(found, PEOPLE_PER_PAGE).get_page(request.GET.get("page")),
        "narrowed": any(data.values()),
        "number": sheet.signers.count(),
        "most": sheets.MOST_PEOPLE,
    }
    return render(request, "governance/paper_people.html", context)


def _keep(request: Request, sheet: PaperSheet) -> None:
    """The ticks of the page, then what the button asks for besides."""
    sent, by = request.POST, request.user
    if sent.get("go") == "none":
        return paper.choose_nobody(sheet, by=by)
    paper.choose(sheet, by=by, shown=_ids(sent, "shown"), chosen=_ids(sent, "person"))
    if sent.get("go") == "all":
        words = {"department": sent.get("department", ""), "words": sent.get("q", "")}
        paper.choose_all(sheet, by=by, **words)
    if sent.get("go") == "next" and not sheet.signers.exists():
        raise RuleBroken("Tick at least one name.")
    return None


def _ids(sent: QueryDict, name: str) -> set[int]:
    given = sent.getlist(name)
    return {int(one) for one in given if one.isascii() and one.isdecimal() and len(one) < 19}


def _next(place: Organisation, sheet: PaperSheet, sent: QueryDict) -> str:
    if sent.get("go") == "next":
        name = "paper_check" if sheet.scans.exists() else "paper_scans"
        return reverse(f"governance:{name}", args=[place.slug, sheet.pk])
    return _here(place, sheet, sent)


def _here(place: Organisation, sheet: PaperSheet, sent: QueryDict) -> str:
    """The list again, with the filter that was typed, on the page whose button was pressed."""
    go = sent.get("go", "")
    number = go.removeprefix("page-") if go.startswith("page-") else ""
    asked = {"q": sent.get("q", ""), "department": sent.get("department", ""), "page": number}
    query = urlencode({name: value for name, value in asked.items() if value})
    url = reverse("governance:paper_people", args=[place.slug, sheet.pk])
    return f"{url}?{query}" if query else url


@require_http_methods(["GET", "POST"])
def scans(request: Request, school: str, pk: int) -> HttpResponse:
    """Add the scan, page by page or in one file."""
    place, sheet = _sheet_at(request, school, pk)
    if sheet.is_recorded:
        return redirect(sheet)
    form = ScanForm(typed(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            paper.add_scans(sheet, by=request.user, files=form.cleaned_data["pages"])
        except RuleBroken as problem:
            refuse(form, problem, "pages")
        else:
            messages.success(request, "Added to the sheet.")
            return redirect("governance:paper_scans", place.slug, sheet.pk)
    context = {
        "school": place,
        "policy": sheet.version.policy,
        "sheet": sheet,
        "form": form,
        "scans": sheet.scans.select_related("file"),
        "needed": place.setting(sheets.NEEDS_SCAN),
    }
    return render(request, "governance/paper_scans.html", context)


@require_POST
def scan_remove(request: Request, school: str, pk: int) -> HttpResponse:
    place, sheet = _sheet_at(request, school, pk)
    try:
        for scan_id in _ids(request.POST, "scan"):
            paper.remove_scan(sheet, scan_id, by=request.user)
    except RuleBroken as problem:
        messages.error(request, str(problem))
        return redirect(sheet)
    messages.success(request, "Taken off the sheet and erased.")
    return redirect("governance:paper_scans", place.slug, sheet.pk)


@require_http_methods(["GET", "POST"])
def check(request: Request, school: str, pk: int) -> HttpResponse:
    """Everything once more, with the names; then all of it is put on record, or nothing."""
    place, sheet = _sheet_at(request, school, pk)
    if sheet.is_recorded:
        return redirect(sheet)
    if request.method == "POST":
        try:
            recording.record(sheet, by=request.user, displayed=request.POST.get("digest", ""))
        except recording.ChangedMeanwhile as problem:
            messages.warning(request, str(problem))
            return redirect("governance:paper_check", place.slug, sheet.pk)
        except RuleBroken as problem:
            return _check_page(request, place, sheet, list(problem.reasons), status=422)
        return redirect(sheet)
    return _check_page(request, place, sheet, list(recording.problems(sheet, request.user)))


def _check_page(
    request: Request,
    place: Organisation,
    sheet: PaperSheet,
    problems: list[str],
    *,
    status: int = 200,
) -> HttpResponse:
    policy, signers = sheet.version.policy, sheets.signers_of(sheet)
    context: dict[str, Any] = {
        "school": place,
        "policy": policy,
        "sheet": sheet,
        "signers": signers,
        "exempt": sum(signer.exempt for signer in signers),
        "scans": sheet.scans.select_related("file"),
        "problems": problems,
        "is_current": policy.current_id == sheet.version_id,
        "digest": sheets.digest_of(sheet),
    }
    return render(request, "governance/paper_check.html", context, status=status)


@require_GET
def sheet(request: Request, school: str, pk: int) -> HttpResponse:
    """A sheet on record: what it says, whose signatures it made, its scan."""
    place, found = _sheet_at(request, school, pk)
    if not found.is_recorded:
        return redirect("governance:paper_people", place.slug, found.pk)
    on_record = recording.on_record(found)
    context = {
        "school": place,
        "policy": found.version.policy,
        "sheet": found,
        "on_record": on_record,
        "scans": found.scans.select_related("file"),
    }
    return render(request, "governance/paper_sheet.html", context)


@require_POST
def throw_away(request: Request, school: str, pk: int) -> HttpResponse:
    """Forget a sheet that is not on record."""
    place, found = _sheet_at(request, school, pk)
    try:
        paper.throw_away(found, by=request.user)
    except RuleBroken as problem:
        messages.error(request, str(problem))
        return redirect(found)
    messages.success(request, "The sheet is thrown away. Nothing of it was recorded.")
    return redirect(policy_page(place, found.version.policy_id))

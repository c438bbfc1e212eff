"""The files of a case: adding one behind the gate, looking at its copy, locking it away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import structlog
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from incidents import scanning, taking_files
from incidents.forms.evidence import DestroyForm, FileForm, GateForm
from incidents.forms.plain import ConfirmForm
from incidents.models import Case, Evidence
from incidents.no_files import brings_a_file, no_files, refused, take_nothing
from incidents.sealed_files import Damaged
from incidents.services import evidence, exports
from incidents.services.evidence import Facts
from incidents.services.looking import look_within
from incidents.views.acting import about_case, asked, numbered, page_of, to, worked_on
from incidents.visibility import Hidden
from incidents.workflow import works_on
from people.http import Request
from people.views.scope import typed
from web.acting import pressed
from web.errors import RuleBroken
from web.forms import refuse

log = structlog.get_logger(__name__)
FORM_METHODS = ["GET", "POST"]
PER_PAGE = 50
FACTS = ("source", "platform", "handle", "captured_by", "note")


def shut(response: Any, name: str) -> Any:
    """A file that is never shown by itself, kept by no browser and run by none."""
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def rows_of(case: Case) -> Any:
    """Its files in their order; their names open with the case that they came from."""
    return case.evidence.select_related("added_by", "superseded").order_by("number")


def hides(case: Case, request: Request) -> bool:
    return not case.shows_reporter_to(request.user)


@require_GET
@about_case
def files(request: Request, case: Case) -> HttpResponse:
    """What there is, and whether it can be opened."""
    page = Paginator(rows_of(case), PER_PAGE).get_page(request.GET.get("page"))
    for row in page:
        row.name = row.text("name")
    return render(
        request,
        "incidents/evidence_list.html",
        page_of(
            case, here="files", page=page, works=works_on(case, request.user),
            hides=hides(case, request), unchecked=not scanning.is_configured(),
            exports=exports.made_at_all(case), takedowns=numbered(case.takedowns.all()),
        ),
    )  # fmt: skip


def _the(case: Case, public_id: str) -> Evidence:
    row: Evidence | None = rows_of(case).filter(public_id=public_id).first()
    if row is None:
        raise Http404
    return row


@require_GET
@about_case
def file(request: Request, case: Case, public_id: str) -> HttpResponse:
    """Where it came from, its hash, and everybody who touched it."""
    row = _the(case, public_id)
    touched = row.custody.select_related("person").order_by("-pk")
    facts = {name: row.text(name) for name in FACTS}
    if hides(case, request) and row.added_by_id in (None, case.reporter_id):
        del facts["captured_by"]
    return render(
        request,
        "incidents/evidence_detail.html",
        page_of(
            case, here="files", row=row, name=row.text("name"), sha256=row.text("sha256"),
            facts=facts, works=works_on(case, request.user), hides=hides(case, request),
            page=Paginator(touched, PER_PAGE).get_page(request.GET.get("page")),
            replaced=getattr(row, "superseded", None),
            destroy_why=row.text("destroy"),
        ),
    )  # fmt: skip


@require_http_methods(FORM_METHODS)
@no_files
@worked_on
def file_gate(request: Request, case: Case) -> HttpResponse:
    """The question before anything can be chosen; this page itself takes no file."""
    if case.no_uploads:
        return render(request, "incidents/evidence_stop.html", page_of(case, here="files"))
    better = request.GET.get("for", "")
    if "\0" in better:
        raise Http404  # PostgreSQL takes none, in a question neither
    if better:
        _the(case, better)
    form = GateForm(typed(request), submit="Go on", cancel=to(case, "files"))
    if form.is_valid():
        answer = form.cleaned_data["gate"]
        evidence.answer_gate(case, by=request.user, answer=answer)
        if answer != Case.Gate.NO:
            return redirect(to(case, "file_stop"))
        token = taking_files.passed(case, request.user, better_than=better)
        return redirect(to(case, "file_add", token))
    context = page_of(case, here="files", form=form)
    return render(request, "incidents/evidence_gate.html", context)


@require_GET
@about_case
def file_stop(request: Request, case: Case) -> HttpResponse:
    """What to do instead."""
    return render(request, "incidents/evidence_stop.html", page_of(case, here="files"))


@csrf_exempt  # the token is checked in `_file_add`, once it is clear where a file may go
@require_http_methods(FORM_METHODS)
def file_add(request: Request, reference: str, token: str) -> HttpResponse:
    """Choose the file. Without the gate's answer a file that comes is thrown away (F2)."""
    case = Case.objects.visible_to(request.user).readable().filter(reference=reference).first()
    better = taking_files.read(token, case, request.user) if case else None
    if case is None or better is None or not works_on(case, request.user):
        take_nothing(request)
    else:
        request.upload_handlers = [taking_files.IntoMemory(request)]
    response: HttpResponse = _file_add(request, case, better)
    return response


@csrf_protect
def _file_add(request: Request, case: Case | None, better: str | None) -> HttpResponse:
    if case is None:
        raise Hidden
    if not works_on(case, request.user):
        raise PermissionDenied
    if better is None:
        return refused(request) if brings_a_file(request) else redirect(to(case, "file_gate"))
    form = FileForm(
        request.POST or None, request.FILES or None, submit="Add this file",
        cancel=to(case, "files"),
    )  # fmt: skip
    if form.is_valid():
        try:
            row = _kept(request, case, better, **form.cleaned_data)
        except RuleBroken as broken:
            refuse(form, broken)
        else:
            messages.success(request, "The file is sealed. Everybody who opens it is on record.")
            return redirect(to(case, "file", row.public_id))
    with transaction.atomic():
        look_within(case.reference, by=request.user)
        context = page_of(case, here="files", form=form, better=better)
        return render(request, "incidents/evidence_add.html", context)


def _kept(request: Request, case: Case, better: str, *, file: Any, **facts: Any) -> Evidence:
    """Read outside of the transaction, which waits for nothing."""
    prepared = evidence.prepare(file, file.name)
    with transaction.atomic():
        look_within(case.reference, by=request.user)
        return evidence.add(
            case, prepared, by=request.user, gate=Case.Gate.NO, facts=Facts(**facts),
            supersedes=_the(case, better) if better else None,
        )  # fmt: skip


@require_GET
@about_case
def file_look(request: Request, case: Case, public_id: str, number: int) -> HttpResponse:
    """One page of the copy, after somebody chose to see it."""
    row = _the(case, public_id)
    if not row.may_be_opened or not 1 <= number <= row.pages:
        raise Http404
    text = ""
    if row.view == Evidence.View.TEXT:
        text = _page_bytes(request, case, public_id, number).decode()
    context = page_of(
        case, here="files", row=row, name=row.text("name"), number=number, text=text,
        before=number - 1, after=number + 1 if number < row.pages else 0,
    )  # fmt: skip
    return render(request, "incidents/evidence_look.html", context)


def _page_bytes(request: Request, case: Case, public_id: str, number: int) -> bytes:
    try:
        return evidence.look_at(case.reference, public_id, number, by=request.user)[1]
    except Damaged:
        log.error("evidence_damaged")
        raise Http404 from None


@require_GET
def file_copy(request: Request, reference: str, public_id: str, number: int) -> HttpResponse:
    """A picture that was drawn anew. Whoever gets it is on record."""
    with transaction.atomic():
        try:
            row, page = evidence.look_at(reference, public_id, number, by=request.user)
        except Damaged:
            log.error("evidence_damaged")
            raise Http404 from None
        if row.view != Evidence.View.PICTURES:
            raise Http404
    response = HttpResponse(page, content_type="image/png")
    return shut(response, f"{reference}-{row.number}-{number}.png")  # type: ignore[no-any-return]


@require_POST
def file_take(request: Request, reference: str, public_id: str) -> StreamingHttpResponse:
    """The original as it came: a download that no browser opens by itself."""
    try:
        row, pieces = evidence.take(reference, public_id, by=request.user)
    except Damaged:
        log.error("evidence_damaged")
        raise Http404 from None
    response = StreamingHttpResponse(_checked(pieces), content_type="application/octet-stream")
    response["Content-Length"] = str(row.size)
    name = f"{reference}-{row.number}.{row.its_kind.ending}"
    return shut(response, name)  # type: ignore[no-any-return]


def _checked(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """What is found to be damaged on its way ends the answer short of its length."""
    try:
        yield from pieces
    except Damaged:
        log.error("evidence_damaged")
        raise


@require_POST
@about_case
def file_lock(request: Request, case: Case, public_id: str) -> HttpResponse:
    """One click: nobody opens it from now on."""
    row = _the(case, public_id)
    return pressed(
        request, lambda: evidence.quarantine(row, by=request.user),
        said="It is locked away. Nobody can open it. Tell the safeguarding lead now, if you "
        "have not.",
        to=to(case, "file", public_id),
    )  # fmt: skip


@require_http_methods(FORM_METHODS)
@worked_on
def file_destroy(request: Request, case: Case, public_id: str) -> HttpResponse:
    """Two people: the first says why, the second carries it out."""
    row, user = _the(case, public_id), request.user
    after = to(case, "file", public_id)
    if not row.is_quarantined or row.destroyed_at is not None:
        raise Http404
    if row.destroy_asked_by_id in (None, user.pk):
        form: Any = DestroyForm(typed(request), submit="Ask for it", cancel=after)
        return asked(
            request, case, form, lambda **data: evidence.ask_to_destroy(row, by=user, **data),
            title="Ask for this file to be destroyed", after=after,
            lead="Another person has to agree. Ask the police first: they may need it.",
            said="Another person has to carry it out now.",
        )  # fmt: skip
    form = ConfirmForm(typed(request), submit="Destroy it", cancel=after, tone="danger")
    return asked(
        request, case, form, lambda **_: evidence.destroy(row, by=user),
        title="Destroy this file", said="It is destroyed.", after=after,
        lead="Nothing brings it back. That there was a file, and who did this, stays on record.",
        facts=[("Why", row.text("destroy"))],
    )  # fmt: skip

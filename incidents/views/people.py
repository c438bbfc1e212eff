"""Who is in a case, in which role, and the support that was offered."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from incidents.forms.people import AnswerForm, PersonForm, SupportForm
from incidents.forms.plain import WhyForm
from incidents.helplines import helplines_of
from incidents.models import Case, CasePerson
from incidents.services import people as service
from incidents.services import work
from incidents.services.people import Named
from incidents.views.acting import about_case, asked, numbered, page_of, the, to, worked_on
from incidents.workflow import works_on
from incidents.workflow_parts import CONSENT
from people.http import Request
from people.models import Membership, Organisation, User
from people.views.scope import typed
from web.acting import pressed

FORM_METHODS = ["GET", "POST"]
R = CasePerson.Role
# Whose agreement is asked before somebody outside is told, and who is offered support.
ASKED = (R.TARGET, R.REPORTER, R.WITNESS)


def people_of(at: Organisation) -> Any:
    """Everybody with a post at the school or its trust, for a form."""
    places = [pk for pk in (at.pk, at.parent_id) if pk is not None]
    posts = Membership.objects.active(at.today()).filter(organisation__in=places)
    return User.objects.filter(pk__in=posts.order_by().values("person")).order_by(
        "sort_name", "name"
    )


@require_GET
@about_case
def people(request: Request, case: Case) -> HttpResponse:
    """Everybody in the case, with consent and support."""
    user = request.user
    shown = set(case.people.shown_to(user).values_list("pk", flat=True))
    rows = [row for row in numbered(case.people.select_related("user")) if row.pk in shown]
    works = works_on(case, user)
    consents = {row.of_id: row for row in numbered(case.consents.all())}
    offers: dict[int, list[Any]] = {}
    for offer in numbered(case.offers.all()):
        offer.note_words = offer.text("note")
        offers.setdefault(offer.to_id, []).append(offer)
    for row in rows:
        row.consent = consents.get(row.pk)
        row.offered = offers.get(row.pk, [])
        row.may_be_asked = row.role in ASKED
        if row.consent is not None:
            row.consent.words = row.consent.text("basis") or row.consent.text("note")
            row.moves = _moves(CONSENT, row.consent) if works else []
    helplines = helplines_of(case.organisation)
    context = page_of(case, here="people", works=works, rows=rows, helplines=helplines)
    return render(request, "incidents/case_people.html", context)


def _moves(table: Any, row: Any) -> list[tuple[str, str]]:
    """The moves of a part from where it is, with their words."""
    return [(str(move), move.label) for move, path in table.moves.items() if row.status in path]


@require_http_methods(FORM_METHODS)
@worked_on
def person_add(request: Request, case: Case) -> HttpResponse:
    """Somebody is in this case. Whoever names a subject reads first what follows."""
    back = to(case, "people")
    given = {"people": people_of(case.organisation), "submit": "Add them", "cancel": back}
    form = sent = PersonForm(typed(request), **given)
    if sent.is_unsure:
        given["submit"] = "Yes, it is about them"
        form = PersonForm(initial=request.POST.dict(), confirming=True, **given)

    def deed(*, sure: bool = False, asked: bool = False, **data: Any) -> None:
        service.add(case, Named(**data), by=request.user)

    after = back
    if sent.is_asked and sent.data.get("user") == str(request.user.pk):
        after = to_inbox(case)
    return asked(
        request, case, form, deed, title="Add somebody", said="They are in the case.", after=after,
        lead="A person has one part: whoever did something is never listed as a victim.",
        warning=_what_follows(sent, request.user) if sent.is_asked else None,
    )  # fmt: skip


def to_inbox(case: Case) -> str:
    return reverse("incidents:inbox", args=[case.organisation.slug])


def _what_follows(form: PersonForm, user: User) -> tuple[str, list[str]]:
    named = form.people.filter(pk=form.data.get("user")).first() if (
        form.data.get("user", "").isdecimal()
    ) else None  # fmt: skip
    who = "You yourself" if named == user else str(named or "This person")
    return (
        "What follows from naming them",
        [
            f"{who}: from that moment the case does not exist for them, whatever their role. "
            "Lists, files, mails and links to it stop at once.",
            "The same holds for everybody who acts for them today.",
            "The next in line is told instead: the head, the chair of governors or the trust.",
        ],
    )


@require_http_methods(FORM_METHODS)
@worked_on
def person_remove(request: Request, case: Case, number: int) -> HttpResponse:
    """They were named by mistake."""
    row = _person(request, case, number)
    back = to(case, "people")
    form = WhyForm(typed(request), submit="Take them out", cancel=back, tone="danger")
    return asked(
        request, case, form, lambda why: service.remove(row, by=request.user, why=why),
        title="Take somebody out of the case", said="They are out of the case.", after=back,
        facts=[(row.get_role_display(), row.name)],
        lead="What was written about them stays. If they were kept out, they no longer are.",
    )  # fmt: skip


def _person(request: Request, case: Case, number: int) -> CasePerson:
    """Somebody in the case whom this person may know of. Raises Http404."""
    row: CasePerson = the(case.people.select_related("user"), number)
    if not case.people.shown_to(request.user).filter(pk=row.pk).exists():
        raise Http404
    return row


@require_http_methods(["POST"])
@worked_on
def consent_ask(request: Request, case: Case, number: int) -> HttpResponse:
    """They are to be asked whether somebody outside may be told (I12)."""
    row = _person(request, case, number)
    return pressed(
        request, lambda: work.ask_consent(row, by=request.user),
        said="Note their answer here when they have given it.", to=to(case, "people"),
    )  # fmt: skip


@require_http_methods(FORM_METHODS)
@worked_on
def support_offer(request: Request, case: Case, number: int) -> HttpResponse:
    """Support that was offered to them."""
    row = _person(request, case, number)
    back = to(case, "people")
    form = SupportForm(typed(request), submit="Note it", cancel=back)
    return asked(
        request, case, form, lambda **data: work.offer_support(row, by=request.user, **data),
        title="Support that was offered", said="It is noted.", after=back,
        facts=[(row.get_role_display(), row.name)],
    )  # fmt: skip


@require_http_methods(FORM_METHODS)
@worked_on
def support_answer(request: Request, case: Case, number: int) -> HttpResponse:
    """What they said to an offer."""
    row = the(case.offers.all(), number)
    back = to(case, "people")
    form = AnswerForm(typed(request), submit="Note it", cancel=back)
    return asked(
        request, case, form, lambda **data: work.answer_support(row, by=request.user, **data),
        title="What they said to the offer", said="It is noted.", after=back,
        facts=[("What was offered", row.get_what_display())],
    )  # fmt: skip

"""Cases that belong together, how long one is kept, and how it is let go for good."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_http_methods

from incidents.forms.moves import ReferenceForm
from incidents.forms.plain import ConfirmForm, WhyForm
from incidents.listing import slice_of
from incidents.models import Case, CaseLink, Disposal
from incidents.names import same_children
from incidents.over import over_at_schools
from incidents.services import keeping as service
from incidents.views.acting import about_case, asked, page_of, to, worked_on
from incidents.views.inbox import number_of
from incidents.views.people import to_inbox
from incidents.workflow import ENDED, works_on
from people.http import Request
from people.models import Organisation
from people.roles import Permission
from people.views.scope import school_where, typed
from web.errors import RuleBroken

FORM_METHODS = ["GET", "POST"]


@require_GET
@about_case
def keeping(request: Request, case: Case) -> HttpResponse:
    """Links that this person sees both ends of, the same child elsewhere, and until when."""
    user = request.user
    disposal = Disposal.objects.filter(case=case).select_related("proposed_by").first()
    hold = case.holds.standing().select_related("placed_by").first()
    context = page_of(
        case, here="keeping", works=works_on(case, user), others=linked(case, user),
        again=same_children(case, user), until=service.keeps_until(case),
        hold=hold, hold_words=hold.text("why") if hold else "",
        disposal=disposal, has_ended=case.status in ENDED,
    )  # fmt: skip
    return render(request, "incidents/case_keeping.html", context)


def linked(case: Case, user: Any) -> list[Case]:
    """The other ends of links, where this person sees both."""
    links = CaseLink.objects.visible_to(user).select_related("case", "other")
    found = [link.other for link in links.filter(case=case)]
    return found + [link.case for link in links.filter(other=case)]


@require_http_methods(FORM_METHODS)
@worked_on
def link_add(request: Request, case: Case) -> HttpResponse:
    """It belongs together with another case that this person sees."""
    back = to(case, "keeping")
    form = ReferenceForm(typed(request), submit="Link them", cancel=back)

    def deed(*, reference: str) -> None:
        other = Case.objects.visible_to(request.user).filter(reference=reference).first()
        if other is None:
            raise RuleBroken("You see no case with this reference.")
        service.link(case, other, by=request.user)

    return asked(
        request, case, form, deed, title="Link another case", said="They are linked.", after=back,
        lead="Whoever sees only one of the two sees no link.",
    )  # fmt: skip


@require_http_methods(FORM_METHODS)
@worked_on
def link_remove(request: Request, case: Case, other: str) -> HttpResponse:
    """They do not belong together."""
    links = CaseLink.objects.visible_to(request.user).select_related("case", "other")
    ends = links.filter(case=case, other__reference=other) | links.filter(
        other=case, case__reference=other
    )
    link = get_object_or_404(ends)
    back = to(case, "keeping")
    form = ConfirmForm(typed(request), submit="Take the link away", cancel=back)
    return asked(
        request, case, form, lambda: service.unlink(link, by=request.user),
        title="Take a link away", said="They are no longer linked.", after=back,
        facts=[("The other case", other)],
    )  # fmt: skip


@require_http_methods(FORM_METHODS)
@worked_on
def hold(request: Request, case: Case) -> HttpResponse:
    """A court, an inquiry or a claim asks for it to be kept; or no longer."""
    back = to(case, "keeping")
    held = case.holds.standing().first()
    if held is not None:
        form: Any = ConfirmForm(typed(request), submit="Lift the hold", cancel=back, tone="danger")
        return asked(
            request, case, form, lambda: service.lift_hold(held, by=request.user),
            title="Lift the legal hold", said="The hold is lifted.", after=back,
            facts=[("Why it was placed", held.text("why"))],
        )  # fmt: skip
    form = WhyForm(typed(request), submit="Place the hold", cancel=back)
    return asked(
        request, case, form, lambda why: service.hold(case, by=request.user, why=why),
        title="Place a legal hold", said="The case is kept, whatever its age.", after=back,
        lead="As long as it stands nobody can dispose of the case.",
    )  # fmt: skip


@require_http_methods(FORM_METHODS)
@worked_on
def dispose(request: Request, case: Case) -> HttpResponse:
    """One person proposes it, another carries it out; nothing opens again after that."""
    back = to(case, "keeping")
    row = Disposal.objects.filter(case=case).select_related("proposed_by").first()
    if row is None:
        form = ConfirmForm(typed(request), submit="Propose it", cancel=back)
        return asked(
            request, case, form, lambda: service.propose_disposal(case, by=request.user),
            title="Propose to dispose of this case", after=back,
            said="It is proposed. Another person has to carry it out.",
            lead="What was written is destroyed for good. That there was such a case stays.",
        )  # fmt: skip
    form = ConfirmForm(
        typed(request), submit="Destroy what was written", cancel=back, tone="danger"
    )
    return asked(
        request, case, form, lambda: service.dispose(row, by=request.user),
        title="Dispose of this case", said="What was written is destroyed.", after=to_inbox(case),
        facts=[("Proposed by", str(row.proposed_by))],
        lead="The key of this case is destroyed. Nobody can read it again, the portal neither.",
    )  # fmt: skip


@require_GET
def to_dispose(request: Request, school: str) -> HttpResponse:
    """What the portal proposes to let go, among what this person sees; of a trust how many."""
    at = school_where(request, school, Permission.HANDLE_CASES)
    if at.kind == Organisation.Kind.TRUST:
        rows = over_at_schools(at, request.user)
        return render(request, "incidents/to_dispose_schools.html", {"school": at, "rows": rows})
    page = slice_of(service.to_dispose_of(at, request.user), number_of(request))
    return render(request, "incidents/to_dispose.html", {"school": at, "page": page})

"""Reading and signing."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from governance import checks, questions, reading, signing_off
from governance.comparing import compare
from governance.duties import SIGNING
from governance.forms.reading import LookUpForm, SignForm
from governance.models import Policy, PolicyVersion, ReadingEvidence, Signature
from governance.services import signing
from governance.text.render import to_html
from governance.texts import reading_time, shown_before, text_parts
from notices.tasklist import tasks
from people.http import Request
from people.roles import Permission
from web.errors import RuleBroken


@require_GET
def my_policies(request: Request) -> HttpResponse:
    """What I owe, what I signed, and everything I may look up."""
    today = timezone.localdate()
    duties = SIGNING.of(request.user, today)
    words = request.GET.get("q", "").strip()[:100]
    policies, more = reading.to_look_up(request.user, today, words)
    context = {
        "tasks": tasks(duties, request.user, today),
        "policies": policies,
        "more": more,
        "form": LookUpForm(request.GET or None) if more or words else None,
        "page": reading.signed_page(request.user, request.GET.get("page")),
    }
    return render(request, "governance/policy_mine.html", context)


def _get_policy(request: Request, pk: int) -> Policy:
    """The policy, if this person may see it. To anyone else it does not exist."""
    policies = Policy.objects.visible_to(request.user).select_related(
        "current", "owner__parent", "author"
    )
    return get_object_or_404(policies, pk=pk)


@require_GET
def read(request: Request, pk: int) -> HttpResponse:
    policy = _get_policy(request, pk)
    if policy.parent_id is not None:
        return redirect(f"{policy.get_absolute_url()}#part-{policy.pk}")
    if policy.current is None:
        return _not_in_force(request, policy)
    return _render_reading(request, policy)


@require_POST
def sign(request: Request, pk: int) -> HttpResponse:
    form = SignForm(request.POST, person=request.user)
    if form.is_valid():
        try:
            signature = signing.sign(pk, by=request.user, **form.cleaned_data)
        except Policy.DoesNotExist:
            pass  # withdrawn, or none of theirs: below they get that page, or 404
        except signing.Superseded as problem:
            return _render_superseded(request, pk, form.cleaned_data["displayed"], problem)
        except signing.NotTheName as problem:
            form.add_error("typed_name", str(problem))
        except RuleBroken as problem:
            form.add_error(None, str(problem))
        else:
            return redirect(signature)
    policy = _get_policy(request, pk)
    if policy.current is None:
        return _not_in_force(request, policy)
    return _render_reading(request, policy, form=form, status=422)


def _render_reading(
    request: Request,
    policy: Policy,
    *,
    form: SignForm | None = None,
    status: int = 200,
    displayed: str = "",
) -> HttpResponse:
    """The texts, and below them the place to sign.

    `displayed` names texts that were on the screen before: what is new since them is shown.
    """
    today = timezone.localdate()
    standing = reading.standing_of(request.user, policy, today)
    place = standing.organisation or policy.owner
    if form is None:
        form = SignForm(person=request.user, policy=policy, displayed=standing.displayed)
    texts = text_parts(standing, shown_before(policy, displayed))
    quizzes = checks.quizzes(request.user, standing.to_sign) if standing.owes else []
    context = {
        "policy": policy,
        "version": policy.current,
        "standing": standing,
        "form": form,
        "texts": texts,
        "changed": any(text.changes for text in texts),
        "added": [text for text in texts if text.is_added] if standing.signed_before else [],
        "outline": [heading for text in texts for heading in text.outline],
        "reading_time": reading_time(sum(text.minutes for text in texts)),
        "statement": signing.statement_for(standing.to_sign) if standing.owes else "",
        "under_review": policy.is_under_review(),
        "related": policy.related.visible_to(request.user),
        "shared": questions.shared_about(part.policy.pk for part in standing.parts),
        "quizzes": quizzes,
        "check_first": place.setting("policies.check_before_signing"),
        "unchecked": any(not quiz.passed for quiz in quizzes),
        "may_manage": request.user.can(Permission.VIEW_DRAFTS, at=policy.owner),
        "may_see_signers": reading.may_see_signers(request.user, policy, place, today),
        "school": place,
    }
    return render(request, "governance/policy_read.html", context, status=status)


def _render_superseded(
    request: Request, pk: int, displayed: str, problem: signing.Superseded
) -> HttpResponse:
    """D2: what changed since the text that was on the screen, and a form for the new one."""
    policy = _get_policy(request, pk)
    if policy.current is None:
        return _not_in_force(request, policy)
    messages.warning(request, str(problem))
    return _render_reading(request, policy, status=409, displayed=displayed)


def _not_in_force(request: Request, policy: Policy) -> HttpResponse:
    """Withdrawn, or not published yet: managers go to its page, readers see why."""
    withdrawal = policy.withdrawals.select_related("version", "by").first()
    if withdrawal is None:
        return redirect("governance:policy", policy.pk)
    context = {"policy": policy, "withdrawal": withdrawal, "school": policy.owner}
    return render(request, "governance/policy_withdrawn.html", context)


@require_GET
def receipt(request: Request, reference: str) -> HttpResponse:
    """Proof of one signature, for the person and for those who may see who has signed."""
    signatures = Signature.objects.visible_to(request.user).select_related(
        "organisation__parent", "person", "typed", "annulment__by", "dispute",
        "witnessed__witness", "witnessed__recorded_by", "witnessed__sheet__organisation",
    )  # fmt: skip
    signature = get_object_or_404(signatures, reference=reference)
    acknowledgements = list(
        signature.acknowledgements.select_related("version", "policy__current").order_by("pk")
    )
    versions = [one.version_id for one in acknowledgements]
    seen = ReadingEvidence.objects.visible_to(request.user).filter(person=signature.person_id)
    evidence = {row.version_id: row for row in seen.filter(version__in=versions)}
    mine = signature.person_id == request.user.pk
    context = {
        "signature": signature,
        "acknowledgements": [(one, evidence.get(one.version_id)) for one in acknowledgements],
        "mine": mine,
        "just_signed": signature.method == Signature.Method.OWN
        and (timezone.now() - signature.signed_at).total_seconds() < 60,
        "nav_path": reverse("governance:my_policies") if mine else "",
        "may_annul": request.user.can(Permission.RECORD_SIGNATURES, at=signature.organisation),
        "school": signature.organisation,
    }
    return render(request, "governance/signature_receipt.html", context)


@require_GET
def history(request: Request, pk: int) -> HttpResponse:
    """Every published version with its date (P1)."""
    policy = _get_policy(request, pk)
    versions = policy.versions.published().select_related("published_by").order_by("-ordinal")
    context = {
        "policy": policy,
        "versions": versions,
        "withdrawals": list(policy.withdrawals.select_related("version")),
        "reviews": policy.reviews.closed(),
        "may_manage": request.user.can(Permission.VIEW_DRAFTS, at=policy.owner),
        "school": reading.home_of(request.user, policy),
    }
    return render(request, "governance/policy_history.html", context)


@require_GET
def version(request: Request, pk: int) -> HttpResponse:
    """One version as it was, or a draft for those who see drafts; marked as what it is."""
    versions = PolicyVersion.objects.visible_to(request.user).select_related(
        "policy__owner", "policy__current"
    )
    found = get_object_or_404(versions, pk=pk)
    earlier = (
        found.policy.versions.published()
        .filter(ordinal__lt=found.ordinal)
        .order_by("-ordinal")
        .first()
    )
    may_manage = request.user.can(Permission.VIEW_DRAFTS, at=found.policy.owner)
    manage = reverse("governance:manage", args=[found.policy.owner.slug])
    context = {
        "nav_path": manage if may_manage else "",
        "version": found,
        "policy": found.policy,
        "html": to_html(found.body),
        "is_current": found.policy.current_id == found.pk,
        "next": reading.replaced_by(found) if found.is_published else None,
        "earlier": earlier,
        "changes": compare(earlier.body, found.body) if earlier else None,
        "agreed": signing_off.agreed(found),
        "may_manage": may_manage,
        "school": reading.home_of(request.user, found.policy),
    }
    return render(request, "governance/version_detail.html", context)

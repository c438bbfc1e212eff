"""Looking each term at who runs which account, and whether they still should (A9)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessReview, AccessReviewRow, Runner
from accounts.models.access_review import AccessRowQuerySet
from accounts.services import runners
from accounts.workflow import IN_USE
from notices.services import notify
from people.calendar import SchoolCalendar, calendars
from people.models import Organisation, Term, User
from people.roles import Permission
from trail import audit
from web.errors import RuleBroken

Decision, Answer = AccessReviewRow.Decision, AccessReviewRow.Answer
NOBODY_RUNS = "Nobody runs an account of this school, so there is nothing to look at."
OPEN_ALREADY = "A review is open already: finish that one first."


@transaction.atomic
def open_review(organisation: Organisation, *, by: User) -> AccessReview:
    """Look now at who runs what. Raises RuleBroken while one is open."""
    if not by.can(Permission.MANAGE_ACCOUNTS, at=organisation):
        raise PermissionDenied
    year = calendars([organisation])[organisation.pk]
    review = _open(organisation, year.term_of(organisation.today()), by)
    if review is None:
        raise RuleBroken(NOBODY_RUNS)
    return review


def open_due() -> int:
    """Open this term's review at each school whose day has come. Safe to run again.

    Returns how many were opened. A school without terms, or without runners, has none.
    """
    runs = Runner.objects.current(timezone.localdate()).filter(account__status__in=IN_USE)
    schools = list(
        Organisation.objects.filter(pk__in=runs.values("account__organisation"))
        .exclude(pk__in=AccessReview.objects.open().values("organisation"))
        .select_related("parent")
        .order_by("pk")
    )
    latest = _latest(schools)
    years = calendars(schools)
    count = 0
    for school in schools:
        term = _due_term(school, years[school.pk], latest.get(school.pk))
        if term is not None:
            try:
                with transaction.atomic():
                    count += _open(school, term, None) is not None
            except RuleBroken:
                continue  # somebody opened one this moment
    return count


def _latest(schools: list[Organisation]) -> dict[int, date]:
    rows = AccessReview.objects.filter(organisation__in=schools).order_by("opened_on")
    return dict(rows.values_list("organisation", "opened_on"))


def _due_term(school: Organisation, year: SchoolCalendar, latest: date | None) -> Term | None:
    """The term of today, once its day has come and while it has had no review."""
    today = school.today()
    term = year.term_of(today)
    if term is None or not school.setting("accounts.access_review"):
        return None
    wanted = int(school.setting("accounts.access_review_school_day"))
    day = year.nth_school_day_of_term(term, wanted) or term.ends_on
    if today < day or (latest is not None and latest >= term.starts_on):
        return None
    return term


def _open(organisation: Organisation, term: Term | None, by: User | None) -> AccessReview | None:
    """Who runs what today, row by row; None where nobody runs anything."""
    today = organisation.today()
    if AccessReview.objects.open().filter(organisation=organisation).exists():
        raise RuleBroken(OPEN_ALREADY)
    runs = list(
        Runner.objects.current(today).filter(
            account__organisation=organisation, account__status__in=IN_USE
        )
    )
    if not runs:
        return None
    days = int(organisation.setting("accounts.access_review_days"))
    review = AccessReview(
        organisation=organisation,
        term_name=term.name if term else "",
        term_starts_on=term.starts_on if term else None,
        opened_on=today,
        due_on=today + timedelta(days=days),
        opened_by=by,
    )
    try:
        with transaction.atomic():
            review.save()
    except IntegrityError:
        raise RuleBroken(OPEN_ALREADY) from None
    AccessReviewRow.objects.bulk_create(
        AccessReviewRow(review=review, runner=run, person_id=run.person_id) for run in runs
    )
    audit.record("access_review.open", review, by=by, rows=str(len(runs)))
    return review


@transaction.atomic
def keep(row: AccessReviewRow, *, by: User) -> AccessReviewRow:
    """They go on running it."""
    row = _to_decide(row, by)
    _decide([row], Decision.KEEP, by)
    audit.record("access_review.keep", row.review, by=by, person=str(row.person_id))
    _close_if_done(row.review)
    return row


@transaction.atomic
def end(row: AccessReviewRow, *, by: User) -> AccessReviewRow:
    """They stop today: their access is removed and the password changed, as whenever one stops."""
    row = _to_decide(row, by)
    _decide([row], Decision.END, by)
    audit.record("access_review.end", row.review, by=by, person=str(row.person_id))
    runners.end(row.runner, by=by, last_day=row.review.organisation.today())
    _close_if_done(row.review)
    return row


@transaction.atomic
def ask(row: AccessReviewRow, *, by: User) -> AccessReviewRow:
    """Ask the person whether they still need it. Somebody else decides afterwards."""
    row = _to_decide(row, by)
    if row.asked_at is not None:
        raise RuleBroken(f"{row.person} has been asked already.")
    row.asked_by, row.asked_at = by, timezone.now()
    row.save(update_fields=["asked_by", "asked_at"])
    at, account = row.review.organisation, row.runner.account
    notify(
        row.person,
        organisation=at,
        kind="access.asked",
        occasion=f"access.asked:{row.pk}",
        title=f"Do you still need the account “{account.name}”?",
        url=reverse("accounts:access_answer", args=[at.slug, row.pk]),
    )
    audit.record("access_review.ask", row.review, by=by, person=str(row.person_id))
    return row


@transaction.atomic
def answer(row: AccessReviewRow, *, by: User, needs_it: bool) -> AccessReviewRow:
    """What the person says of it themselves. It decides nothing."""
    row = _locked(row)
    if row.person_id != by.pk:
        raise PermissionDenied
    if row.decision != Decision.PENDING:
        raise RuleBroken("Somebody has decided about this already.")
    if row.asked_at is None:
        raise RuleBroken("Nobody has asked you this.")
    if row.answered_at is not None:
        raise RuleBroken("You have answered this already.")
    row.answer = Answer.NEEDS_IT if needs_it else Answer.DOES_NOT
    row.answered_at = timezone.now()
    row.save(update_fields=["answer", "answered_at"])
    audit.record("access_review.answer", row.review, by=by, needs="yes" if needs_it else "no")
    return row


def the_rest(review: AccessReview, by: User) -> AccessRowQuerySet:
    """What “keep the rest” would keep: undecided, not their own, nobody asked, still running it."""
    return _keepable(review).exclude(person=by)


def _keepable(review: AccessReview) -> AccessRowQuerySet:
    on = review.organisation.today()
    running = Runner.objects.current(on).values("pk")
    return review.rows.to_decide().filter(asked_at=None, runner__in=running)


def fingerprint(rows: Iterable[int]) -> str:
    """What somebody was shown, so that nothing else is applied."""
    text = ",".join(str(pk) for pk in sorted(rows))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


@transaction.atomic
def keep_the_rest(review: AccessReview, *, by: User, shown: str) -> int:
    """Keep what was shown before, all of it or nothing. Returns how many.

    Raises RuleBroken where the list has changed meanwhile, or is empty.
    """
    review = _locked_review(review, by)
    rows = list(the_rest(review, by))
    if fingerprint(row.pk for row in rows) != shown:
        raise RuleBroken("The list has changed meanwhile. Look at it again.")
    if not rows:
        raise RuleBroken("Nothing is left that you could keep.")
    _decide(rows, Decision.KEEP, by)
    people = audit.listed({str(row.person_id) for row in rows})
    audit.record("access_review.keep", review, by=by, rows=str(len(rows)), people=people)
    _close_if_done(review)
    return len(rows)


def settle() -> int:
    """Put on record who has stopped meanwhile; close reviews with nobody else left to decide about.

    Returns how many were closed. Safe to run again.
    """
    running = Runner.objects.current(timezone.localdate()).values("pk")
    stopped = AccessReviewRow.objects.to_decide().exclude(runner__in=running)
    count = 0
    for review in AccessReview.objects.open().filter(pk__in=stopped.values("review")):
        with transaction.atomic():
            locked = _lock(review)
            count += locked.closed_at is None and _close_if_done(locked)
    return count


def _stopped(review: AccessReview) -> QuerySet[AccessReviewRow]:
    running = Runner.objects.current(review.organisation.today()).values("pk")
    return review.rows.to_decide().exclude(runner__in=running)


def _close_if_done(review: AccessReview) -> bool:
    _stopped(review).update(decision=Decision.GONE, decided_at=timezone.now())
    if review.rows.to_decide().exists():
        return False
    review.closed_at = timezone.now()
    review.save(update_fields=["closed_at"])
    audit.record("access_review.close", review, by=None)
    return True


def _decide(rows: list[AccessReviewRow], decision: str, by: User) -> None:
    now = timezone.now()
    for row in rows:
        row.decision, row.decided_by, row.decided_at = decision, by, now
    AccessReviewRow.objects.bulk_update(rows, ["decision", "decided_by", "decided_at"])


def _to_decide(row: AccessReviewRow, by: User) -> AccessReviewRow:
    """Raises PermissionDenied, or RuleBroken for their own row and for one that is decided."""
    _locked_review(row.review, by)
    row = _locked(row)
    if row.person_id == by.pk:
        raise RuleBroken("This is your own access: somebody else decides about it.")
    if row.decision != Decision.PENDING:
        raise RuleBroken("Somebody has decided about this already.")
    if not row.runner.is_on(row.review.organisation.today()):
        raise RuleBroken(f"{row.person} has stopped running it: nothing is left to decide.")
    return row


def _locked_review(review: AccessReview, by: User) -> AccessReview:
    review = _lock(review)
    if not by.can(Permission.MANAGE_ACCOUNTS, at=review.organisation):
        raise PermissionDenied
    if review.closed_at is not None:
        raise RuleBroken("This review is closed.")
    return review


def _lock(review: AccessReview) -> AccessReview:
    """One decision at a time, so that the last of two closes it."""
    rows = AccessReview.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("organisation__parent").get(pk=review.pk)


def _locked(row: AccessReviewRow) -> AccessReviewRow:
    rows = AccessReviewRow.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related(
        "review__organisation__parent", "runner__account__organisation", "person"
    ).get(pk=row.pk)

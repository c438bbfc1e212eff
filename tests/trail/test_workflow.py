"""A state machine is a table, and `step` is the only way through it.

The rows are real ones of the portal lent a status: an invitation whose nonce is its status.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from people.models import Invitation, Organisation, User
from people.roles import Permission, Role
from tests.factories import make_person, make_school, make_user
from tests.trail.threads import in_threads
from trail.models import AuditEvent
from trail.workflow import InvalidTransition, Workflow
from web.errors import RuleBroken


class Request(Invitation):
    """An invitation seen as something to be decided."""

    class Meta:
        proxy = True
        app_label = "tests"  # of no app, so that no migration is missing for it

    @property
    def status(self) -> str:
        return self.nonce

    @status.setter
    def status(self, value: str) -> None:
        self.nonce = value


def allowed(action: str, request: Request, user: User) -> bool:
    if action in {"submit", "withdraw"}:
        return user.pk == request.created_by_id
    return user.pk != request.created_by_id and user.can(
        Permission.MANAGE_PEOPLE, at=request.organisation
    )


def has_an_address(request: Request, user: User | None) -> Iterator[str]:
    if not request.sent_to:
        yield "Give an address."


def has_time(request: Request, user: User | None) -> Iterator[str]:
    if request.expires_at < timezone.now() + timedelta(days=1):
        yield "It runs out too soon."
        yield "Choose another day."


REQUEST: Workflow[Request] = Workflow(
    name="request",
    start="draft",
    allowed=allowed,
    moves={
        "submit": {"draft": "submitted", "sent_back": "submitted"},
        "withdraw": {"draft": "withdrawn", "submitted": "withdrawn"},
        "approve": {"submitted": "approved"},
        "send_back": {"submitted": "sent_back"},
    },
    guards={"submit": (has_an_address, has_time), "approve": (has_time,)},
)
STATUSES = ["draft", "submitted", "sent_back", "approved", "withdrawn"]
LEGAL = {
    ("draft", "submit"): "submitted",
    ("sent_back", "submit"): "submitted",
    ("draft", "withdraw"): "withdrawn",
    ("submitted", "withdraw"): "withdrawn",
    ("submitted", "approve"): "approved",
    ("submitted", "send_back"): "sent_back",
}


@pytest.fixture
def author(school: Organisation) -> User:
    return make_user(Role.STAFF, at=school)


@pytest.fixture
def head(school: Organisation) -> User:
    return make_user(Role.HEAD, at=school)


def make_request(school: Organisation, author: User, status: str = "draft") -> Request:
    return Request.objects.create(
        person=make_person(),
        organisation=school,
        created_by=author,
        sent_to="someone@example.org",
        nonce=status,
        expires_at=timezone.now() + timedelta(days=30),
    )


def do(request: Request, action: str, *, by: User | None) -> Request:
    with REQUEST.step(request, action, by=by) as row:
        row.accepted_at = timezone.now()
    return row


@pytest.mark.parametrize("action", REQUEST.moves)
@pytest.mark.parametrize("status", STATUSES)
def test_every_move_that_is_not_in_the_table_is_refused(
    school: Organisation, author: User, head: User, status: str, action: str
) -> None:
    request = make_request(school, author, status)
    by = author if action in {"submit", "withdraw"} else head
    lines = AuditEvent.objects.count()

    if after := LEGAL.get((status, action)):
        assert do(request, action, by=by).status == after
        request.refresh_from_db()
        assert (request.status, request.accepted_at is None) == (after, False)
        line = AuditEvent.objects.first()
        assert line is not None
        assert (line.verb, line.actor) == (f"request.{action}", by)
        assert line.details == {"before": status, "after": after}
    else:
        with pytest.raises(InvalidTransition):
            do(request, action, by=by)
        request.refresh_from_db()
        assert (request.status, request.accepted_at) == (status, None)
        assert AuditEvent.objects.count() == lines


def test_an_illegal_move_is_told_in_words(school: Organisation, author: User, head: User) -> None:
    request = make_request(school, author, "sent_back")
    with pytest.raises(InvalidTransition, match=r"You cannot send back this: it is sent back\."):
        do(request, "send_back", by=head)
    with pytest.raises(InvalidTransition):
        REQUEST.target("no such action", "draft")


def test_everything_that_stands_in_the_way_is_said_at_once(
    school: Organisation, author: User
) -> None:
    request = make_request(school, author)
    Request.objects.update(sent_to="", expires_at=timezone.now() + timedelta(hours=1))
    Invitation.objects.update(created_at=timezone.now() - timedelta(days=1))
    request.refresh_from_db()
    expected = ["Give an address.", "It runs out too soon.", "Choose another day."]

    assert REQUEST.problems("submit", request, author) == expected
    assert REQUEST.problems("withdraw", request, author) == []
    with pytest.raises(RuleBroken) as caught:
        do(request, "submit", by=author)

    assert list(caught.value.reasons) == expected
    request.refresh_from_db()
    assert request.status == "draft"


def test_guards_see_the_row_as_it_is_now_not_as_it_was_read(
    school: Organisation, author: User
) -> None:
    stale = make_request(school, author)
    Request.objects.update(sent_to="")
    with pytest.raises(RuleBroken, match=r"Give an address\."):
        do(stale, "submit", by=author)


@pytest.mark.parametrize("action", REQUEST.moves)
def test_who_may_not_is_refused_and_leaves_a_line(
    school: Organisation, author: User, head: User, action: str
) -> None:
    request = make_request(school, author, "submitted" if action != "submit" else "draft")
    by = head if action in {"submit", "withdraw"} else author

    with pytest.raises(PermissionDenied):
        do(request, action, by=by)

    line = AuditEvent.objects.first()
    assert line is not None
    assert (line.verb, line.actor, line.target_id) == ("request.refused", by, request.pk)
    assert line.details == {"attempted": action, "reason": "role"}


def test_permission_comes_before_the_state_so_that_a_refusal_tells_nothing(
    school: Organisation, author: User
) -> None:
    outsider = make_user(Role.HEAD, at=make_school())
    with pytest.raises(PermissionDenied):
        do(make_request(school, author, "approved"), "approve", by=outsider)


def test_a_refusal_inside_another_service_leaves_its_line_after_both_rolled_back(
    school: Organisation, author: User
) -> None:
    request, other = make_request(school, author, "draft"), make_request(school, author)

    def approve_inside() -> None:
        with REQUEST.step(request, "submit", by=author):
            do(other, "approve", by=author)

    with pytest.raises(PermissionDenied):
        approve_inside()

    request.refresh_from_db()
    assert request.status == "draft"
    lines = AuditEvent.objects.filter(verb__startswith="request.")
    assert [(line.verb, line.target_id) for line in lines] == [("request.refused", other.pk)]


def test_what_goes_wrong_in_the_callers_part_undoes_the_step(
    school: Organisation, author: User
) -> None:
    request = make_request(school, author)

    def fail() -> None:
        with REQUEST.step(request, "submit", by=author) as row:
            row.sent_to = "another@example.org"
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    request.refresh_from_db()
    assert (request.status, request.sent_to) == ("draft", "someone@example.org")
    assert not AuditEvent.objects.filter(verb="request.submit").exists()


def test_the_portal_itself_needs_no_role_but_keeps_to_the_table(
    school: Organisation, author: User
) -> None:
    request = make_request(school, author, "submitted")
    assert do(request, "approve", by=None).status == "approved"
    with pytest.raises(InvalidTransition):
        do(request, "approve", by=None)


def test_the_caller_adds_details_while_the_step_runs(school: Organisation, author: User) -> None:
    details = {"change": "material"}
    with REQUEST.step(make_request(school, author), "submit", by=author, details=details):
        details["number"] = "4.0"
    line = AuditEvent.objects.first()
    assert line is not None
    assert line.details == {
        "before": "draft",
        "after": "submitted",
        "change": "material",
        "number": "4.0",
    }


def test_a_step_costs_five_queries_beside_its_savepoints(
    school: Organisation, author: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    request = make_request(school, author)
    # savepoint, row, update, head, insert, head, release
    with django_assert_num_queries(7):
        do(request, "submit", by=author)


def test_buttons_are_the_moves_that_this_person_could_make_now(
    school: Organisation, author: User, head: User
) -> None:
    request = make_request(school, author, "submitted")
    assert REQUEST.actions_for(request, author) == ["withdraw"]
    assert REQUEST.actions_for(request, head) == ["approve", "send_back"]
    assert REQUEST.actions_for(make_request(school, author, "approved"), head) == []


def test_the_diagram_draws_the_table() -> None:
    drawn = REQUEST.diagram().splitlines()
    assert drawn[:2] == ["stateDiagram-v2", "    [*] --> draft"]
    assert "    submitted --> sent_back: send back" in drawn
    assert len(drawn) == 2 + len(LEGAL)


def test_of_eight_decisions_at_once_one_counts(parallel: Organisation) -> None:
    def prepare() -> tuple[Request, list[User]]:
        author = make_user(Role.STAFF, at=parallel)
        request = make_request(parallel, author, "submitted")
        return request, [make_user(Role.HEAD, at=parallel) for _ in range(8)]

    [(request, heads)] = in_threads([prepare])

    def approve(by: User) -> bool:
        try:
            do(request, "approve", by=by)
        except InvalidTransition:
            return False
        return True

    outcomes = in_threads([partial(approve, by) for by in heads])

    assert outcomes.count(True) == 1
    assert outcomes.count(False) == 7
    lines = AuditEvent.objects.filter(verb="request.approve")
    assert in_threads([lines.count]) == [1]

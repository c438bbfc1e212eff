"""Second people are asked, and asked again, until they decided (I22, I24)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from incidents.approving import Side
from incidents.asking_duties import ALLOWING, DISPOSING, LETTING_IN
from incidents.models import Alert
from incidents.services import access, chasing, content, keeping, people
from incidents.visibility import Hidden
from notices.models import Notice
from people.roles import Role
from tests.factories import make_user
from tests.incidents.factories import Cast, make_case, subject
from tests.incidents.test_ending import closed
from tests.incidents.test_investigating import ask, case
from web.errors import RuleBroken

__all__ = ["case"]  # the fixture


F1 = pytest.mark.demand("F1")
AN_HOUR = timedelta(hours=1)


def duties(user, school) -> dict[str, str]:
    """Where their tasks of these kinds lead, as their own page asks for them."""
    on = school.today()
    found = {}
    for source in (ALLOWING, DISPOSING, LETTING_IN):
        if source.gate(user.pk, on).exists():
            found |= {one.kind: one.url for one in source.owed_by(user.pk, on)}
    return found


@F1
def test_both_sides_have_a_task_until_somebody_decided_and_it_closes_what_it_opened(
    cast: Cast, case
) -> None:
    row, at = ask(case, cast.dsl), cast.school
    for person, url in ((cast.it, row.get_absolute_url()), (cast.head, case.get_absolute_url())):
        assert duties(person, at)["concern.allow"].startswith(url)
    assert "concern.allow" not in duties(cast.dsl, at)
    content.approve(row, by=cast.head, side=Side.LEADING)
    assert "concern.allow" not in duties(cast.deputy, at)
    row = content.approve(row, by=cast.it, side=Side.IT)
    other = make_user(Role.IT, at=at)
    assert duties(cast.it, at) == {"concern.shut": row.get_absolute_url()}
    assert duties(other, at) == {}
    content.end(row, by=cast.dsl, why="Enough.")
    people.add(case, subject(cast.it), by=cast.dsl)
    assert duties(cast.it, at) == {}
    assert duties(other, at) == {"concern.shut": row.get_absolute_url()}
    content.shut(row, by=other)
    assert duties(other, at) == {}


@F1
def test_a_wish_to_see_a_case_reaches_whoever_handles_it_and_is_chased(cast: Cast) -> None:
    case = make_case(cast, kind="media", people=(subject(cast.deputy),), by=cast.it)
    asked = access.ask_to_break_glass(case.reference, by=cast.slt, why="A call at night")
    assert asked is not None
    at, told = cast.school, Alert.objects.filter(clock=f"glass-{asked.pk}")
    assert {one.person for one in told} == {cast.head}
    assert "concern.let_in" in duties(cast.head, at)
    for name in ("chair", "dsl", "slt", "teacher", "deputy"):
        assert "concern.let_in" not in duties(getattr(cast, name), at), name
    for hours, times in ((0, 1), (2, 2), (2, 2), (5, 3), (100, 4)):
        chasing.sweep(asked.asked_at + timedelta(hours=hours))
        assert told.all().count() == times
    # Whoever handles it is kept out meanwhile: the chair is next, and the head's notice goes.
    people.add(case, subject(cast.head), by=cast.head)
    assert not Notice.objects.filter(recipient=cast.head, url__contains="/asked/").exists()
    assert "concern.let_in" not in duties(cast.head, at)
    assert "concern.let_in" in duties(cast.chair, at)
    with pytest.raises(PermissionDenied):
        access.decline_glass(asked, by=cast.slt)
    with pytest.raises(Hidden):
        access.decline_glass(asked, by=cast.head)
    access.decline_glass(asked, by=cast.chair)
    with pytest.raises(RuleBroken, match="decided this meanwhile"):
        access.agree_to_break_glass(asked, by=cast.chair)
    asked = access.ask_to_break_glass(case.reference, by=cast.slt, why="It rang again.")
    access.agree_to_break_glass(asked, by=cast.chair)
    assert Notice.objects.filter(recipient=cast.slt, url=case.get_absolute_url()).exists()


def test_a_second_person_has_a_task_where_a_case_is_to_be_disposed_of(cast: Cast) -> None:
    from incidents.services import looking

    case, at = closed(cast), cast.school
    type(case).objects.filter(pk=case.pk).update(ended_at=timezone.now() - timedelta(days=3000))
    looking.look(case.reference, by=cast.dsl)
    row = keeping.propose_disposal(case, by=cast.dsl)
    assert "concern.dispose" in duties(cast.head, at)
    assert "concern.dispose" not in duties(cast.dsl, at) | duties(cast.slt, at)
    told = Alert.objects.filter(clock="dispose")
    assert {one.person for one in told} == {cast.head, cast.deputy}
    chasing.sweep(row.proposed_at + timedelta(days=8))
    chasing.sweep(row.proposed_at + timedelta(days=9))
    assert told.all().count() == 4
    hold = keeping.hold(case, by=cast.head, why="Not this one.")
    assert "concern.dispose" not in duties(cast.head, at)
    keeping.lift_hold(hold, by=cast.head)
    people.record_conflict(case, person=cast.head, by=cast.dsl, why="A nephew.")
    assert "concern.dispose" not in duties(cast.head, at)
    keeping.dispose(row, by=cast.deputy)
    assert "concern.dispose" not in duties(cast.deputy, at)


def test_content_is_chased_until_both_have_decided_and_it_has_closed_it(cast: Cast, case) -> None:
    row = ask(case, cast.dsl)
    told = Alert.objects.filter(case=case, clock__in=[f"it-{row.pk}", f"allow-{row.pk}"])
    assert told.count() == 3  # IT, the head, the deputy
    for _ in range(2):
        chasing.sweep(row.asked_at + timedelta(hours=25))
    assert told.count() == 6
    content.approve(row, by=cast.head, side=Side.LEADING)
    row = content.approve(row, by=cast.it, side=Side.IT)
    for hours, times in ((1, 0), (5, 1), (30, 2), (31, 2)):
        chasing.sweep(row.opened_at + timedelta(hours=hours))
        assert Alert.objects.filter(clock=f"shut-{row.pk}").count() == times, hours

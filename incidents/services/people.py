"""Who is in a case, and who is kept out of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from incidents.circles import Circle
from incidents.models import Case, CasePerson, Conflict
from incidents.names import child_index, may_be, staff_called
from incidents.own_record import CaseRefused, record
from incidents.sealing import written
from incidents.services.locking import expect_reason, in_hand, seen
from incidents.services.routes import reroute
from incidents.visibility import holders
from incidents.workflow import Status, works_on
from people.models import Membership, User
from web.errors import RuleBroken

R = CasePerson.Role


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody whom a report names: a person of the portal, or a name."""

    role: str
    name: str = ""
    user: User | None = None
    relation: str = CasePerson.Relation.OTHER
    year_group: int | None = None

    @property
    def is_staff(self) -> bool:
        return self.user is not None or self.relation == CasePerson.Relation.STAFF


def put(case: Case, named: Named, *, by: User | None) -> CasePerson:
    """Write one person into a locked case. Called by the services that ask who may."""
    if named.user is None and not named.name.strip():
        raise RuleBroken("Give a name, or choose a person.")
    if named.role not in R.values or named.relation not in CasePerson.Relation.values:
        raise RuleBroken("Choose from the list.")
    if named.user is not None and _is_in(case, named.user, named.role):
        raise RuleBroken("This person is in the case already.")
    name = "" if named.user else named.name
    row = CasePerson(
        case=case,
        role=named.role,
        relation=CasePerson.Relation.STAFF if named.user else named.relation,
        user=named.user,
        year_group=named.year_group,
        index=child_index(name, named.year_group, case.organisation),
        added_by=by,
    )
    written(row, name=name).save()
    if named.role == R.SUBJECT and named.is_staff:
        _about_staff(case)
    return row


def _about_staff(case: Case) -> None:
    """From now on it takes two people to end it. Raises RuleBroken where one has done so."""
    if case.about_staff:
        return
    began = case.proposed_by_id if case.status == Status.CLOSED else case.triaged_by_id
    alone = case.ended_by_id is not None and case.ended_by_id == began
    if alone and case.status in (Status.CLOSED, Status.NO_ACTION, Status.LOW_LEVEL):
        raise RuleBroken(
            "One person ended this case, and one about a member of staff takes two. Open it again "
            "first. To keep somebody out at once, record a conflict."
        )
    case.about_staff = True
    case.save(update_fields=["about_staff"])


def _is_in(case: Case, user: User, role: str) -> bool:
    roles = [R.TARGET, R.SUBJECT] if role in (R.TARGET, R.SUBJECT) else [role]
    return bool(case.people.current().filter(user=user, role__in=roles).exists())


@transaction.atomic
def add(case: Case, named: Named, *, by: User) -> CasePerson:
    """Somebody is in this case. A subject who belongs to the portal is out at once, whoever."""
    case = in_hand(case, by=by, verb="person.add")
    row = put(case, named, by=by)
    record("person.add", case, by=by, target=row, role=named.role)
    if named.role == R.SUBJECT:
        reroute(case, by=by)
    return row


@transaction.atomic
def remove(row: CasePerson, *, by: User, why: str) -> CasePerson:
    """They were named by mistake. Nobody removes themselves: a subject finds no such case."""
    case = in_hand(row.case, by=by, verb="person.remove")
    why = expect_reason(why, "Say why this person is not in the case.")
    found = case.people.current().filter(pk=row.pk).first()
    if found is None:
        raise RuleBroken("This person is out of the case already.")
    row = found
    row.case = case
    row.removed_at, row.removed_by = timezone.now(), by
    written(row, why_removed=why).save()
    record("person.remove", case, by=by, target=row, role=row.role)
    return row


@transaction.atomic
def record_conflict(case: Case, *, person: User, by: User, why: str) -> Conflict:
    """This person must not see the case: at once, and whatever their role.

    Whoever sees the case may say so of themselves; of others, whoever works on it.
    """
    case = seen(case, by=by)
    if person.pk != by.pk and not works_on(case, by):
        raise CaseRefused("conflict.record", case, by=by)
    why = expect_reason(why, "Say what the conflict is.")
    if case.conflicts.filter(person=person, cause="conflict", lifted_at=None).exists():
        raise RuleBroken("This conflict is on record already.")
    row = Conflict(case=case, person=person, cause=Conflict.Cause.CONFLICT, recorded_by=by)
    written(row, why=why).save()
    record("conflict.record", case, by=by, target=row)
    reroute(case, by=by)
    return row


@transaction.atomic
def lift_conflict(row: Conflict, *, by: User, why: str) -> Conflict:
    """A handler has confirmed that this person is not meant, or the conflict is over."""
    case = in_hand(row.case, by=by, verb="conflict.lift")
    why = expect_reason(why, "Say how you know.")
    row = case.conflicts.get(pk=row.pk)
    row.case = case
    if row.lifted_at is not None:
        raise RuleBroken("This has been lifted already.")
    row.lifted_at, row.lifted_by = timezone.now(), by
    written(row, why_lifted=why).save()
    record("conflict.lift", case, by=by, target=row, cause=row.cause)
    return row


@transaction.atomic
def confirm_named(row: Conflict, *, by: User, why: str) -> CasePerson:
    """It is this person whom the report is about: from a guess to a fact."""
    case = in_hand(row.case, by=by, verb="person.confirm")
    row = case.conflicts.select_related("person").get(pk=row.pk)
    if row.lifted_at is not None:
        raise RuleBroken("This has been settled already.")
    row.case = case
    found = _named_before(case, row.person) or put(case, Named(R.SUBJECT, user=row.person), by=by)
    row.lifted_at, row.lifted_by = timezone.now(), by
    written(row, why_lifted=expect_reason(why, "Say how you know.")).save()
    record("person.confirm", case, by=by, target=found)
    reroute(case, by=by)
    return found


def _named_before(case: Case, person: User) -> CasePerson | None:
    """The name that was given as subject becomes this person, who is in the case once."""
    for found in case.people.subjects().filter(user=None):
        if may_be(found.text("name"), person.name) and not _is_in(case, person, R.SUBJECT):
            found.user, found.relation = person, CasePerson.Relation.STAFF
            found.save(update_fields=["user", "relation"])
            _about_staff(case)
            return found
    return None


def keep_out_office(case: Case, circle: Circle) -> None:
    """The report is about whoever holds this office: all of them, unless one of them was named."""
    today = case.organisation.today()
    held = holders(case.organisation, [circle], today)
    named = set(case.people.subjects().values_list("user", flat=True))
    if not held & named:
        _keep_out(case, held, Conflict.Cause.OFFICE)


def keep_out_named(case: Case, names: Iterable[str]) -> None:
    """Whoever bears a name that somebody gave, from this case only, until it is confirmed."""
    found = staff_called(names, case.organisation)
    _keep_out(case, {person.pk for person in found}, Conflict.Cause.NAMED)


def _keep_out(case: Case, people: set[int], cause: str) -> None:
    Conflict.objects.bulk_create(
        Conflict(case=case, person_id=pk, cause=cause) for pk in sorted(people)
    )


def manager_of(person: User, case: Case) -> User | None:
    """Whoever they answer to at the school of this case."""
    posts = Membership.objects.active().filter(person=person, organisation=case.organisation)
    post = posts.select_related("line_manager").first()
    return post.line_manager if post else None

"""Who is at a school now and was before: what a staff list is compared with. Four queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q

from people.importing.rows import Row, name_key
from people.models import Membership, MembershipRole, Organisation, User
from people.roles import Permission, Role


@dataclass
class Roster:
    """The school's memberships by person, and the ways to find one of them."""

    latest: dict[int, Membership] = field(default_factory=dict)
    earlier: dict[int, list[Membership]] = field(default_factory=lambda: defaultdict(list))
    by_number: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    by_name: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    by_email: dict[str, User] = field(default_factory=dict)
    managers_by_email: dict[str, int] = field(default_factory=dict)
    managers_by_name: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    names: dict[int, str] = field(default_factory=dict)
    held: dict[int, set[Role]] = field(default_factory=lambda: defaultdict(set))
    out_of_reach: set[int] = field(default_factory=set)


def load(
    organisation: Organisation, rows: Iterable[Row], *, by: User | None, today: date
) -> Roster:
    """Everything that a plan needs to know, in a number of queries that does not grow."""
    roster = Roster()
    places = [pk for pk in (organisation.pk, organisation.parent_id) if pk]
    memberships = (
        Membership.objects.filter(organisation__in=places)
        .select_related("person")
        .order_by("starts_on", "pk")
    )
    for one in memberships:
        _note_manager(roster, one, today)
        if one.organisation_id == organisation.pk:
            _note_member(roster, one)
    lasting = MembershipRole.objects.filter(membership__organisation=organisation).lasting()
    for membership_id, role in lasting.order_by().values_list("membership", "role"):
        roster.held[membership_id].add(Role(role))
    addresses = {row.email for row in rows if row.email}
    roster.by_email = {
        str(person.email): person for person in User.objects.filter(email__in=addresses)
    }
    roster.out_of_reach = _out_of_reach(organisation, by)
    return roster


def _note_manager(roster: Roster, one: Membership, today: date) -> None:
    """Whoever has left manages nobody."""
    if one.person.is_active and (one.ends_on is None or one.ends_on >= today):
        roster.names[one.person_id] = one.person.name
        roster.managers_by_name[name_key(one.person.name)].add(one.person_id)
        if one.person.email:
            roster.managers_by_email[one.person.email] = one.person_id


def _note_member(roster: Roster, one: Membership) -> None:
    before = roster.latest.get(one.person_id)
    if before is not None:
        roster.earlier[one.person_id].append(before)
    roster.latest[one.person_id] = one
    roster.by_name[name_key(one.person.name)].add(one.person_id)
    if one.payroll_id:
        roster.by_number[one.payroll_id.casefold()].add(one.person_id)


def _out_of_reach(organisation: Organisation, by: User | None) -> set[int]:
    """People of this school who also belong where the importer manages nobody, and operators.

    Their name and address are not this school's alone to change.
    """
    if by is None:
        elsewhere = Membership.objects.active().exclude(organisation=organisation)
    else:
        managed = Organisation.objects.where(by, Permission.MANAGE_PEOPLE)
        elsewhere = Membership.objects.active().exclude(organisation__in=managed)
    here = Membership.objects.filter(organisation=organisation).order_by().values("person")
    found = elsewhere.filter(person__in=here).order_by().values_list("person", flat=True)
    operators = User.objects.filter(Q(is_staff=True) | Q(is_superuser=True), pk__in=here)
    return {*found, *operators.order_by().values_list("pk", flat=True)}

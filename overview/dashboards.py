"""What a school's and a trust's first page shows, read in a constant number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q, QuerySet

from governance import progress
from governance.models import Policy
from governance.obligations import Grace
from governance.progress import Figures
from people.models import Membership, Organisation
from web.prepared import prepared

REVIEW_HORIZON_DAYS = 60
MOST_PEOPLE = 10


@dataclass(frozen=True)
class PolicyLine:
    """One policy in force, with its figures at the school."""

    policy: Policy
    figures: Figures
    review_days: int | None

    @property
    def review_overdue(self) -> bool:
        return self.review_days is not None and self.review_days < 0

    @property
    def review_soon(self) -> bool:
        return self.review_days is not None and self.review_days <= REVIEW_HORIZON_DAYS


@dataclass(frozen=True)
class SchoolDashboard:
    total: Figures
    policies: list[PolicyLine]
    departments: list[tuple[str, Figures]]
    late_people: list[tuple[Membership, int]]

    @property
    def reviews(self) -> list[PolicyLine]:
        """Policies whose review is overdue or near, the most urgent first."""
        due = [line for line in self.policies if line.review_soon]
        return sorted(due, key=lambda line: line.review_days or 0)

    @property
    def late_departments(self) -> list[tuple[str, Figures]]:
        late = [(name, figures) for name, figures in self.departments if figures.overdue]
        return sorted(late, key=lambda row: -row[1].overdue)


def school_dashboard(school: Organisation, *, with_names: bool) -> SchoolDashboard:
    """Two queries, two more for the names of those who are late."""
    on, grace = school.today(), Grace.at(school)
    both = progress.school_figures(school, grace, on)
    by_policy, by_department = progress.along(both, 0), progress.along(both, 1)
    total = progress.total(both)
    lines = [
        PolicyLine(
            policy=policy,
            figures=by_policy.get(policy.pk, Figures()),
            review_days=(policy.review_due_on - on).days if policy.review_due_on else None,
        )
        for policy in _policies(organisation_id=school.pk)
    ]
    return SchoolDashboard(
        total=total,
        policies=lines,
        departments=[(name or "No department", row) for name, row in by_department.items()],
        late_people=_late_people(school, by_policy, grace, on) if with_names else [],
    )


@prepared
def _policies(*, organisation_id: int) -> QuerySet[Policy]:
    policies = Policy.objects.in_force().reaching(Organisation(pk=organisation_id))
    return policies.select_related("current", "owner").defer("current__body")


def _late_people(
    school: Organisation, by_policy: dict[int, Figures], grace: Grace, on: date
) -> list[tuple[Membership, int]]:
    """Those with the most overdue signatures, with how many.

    Only pairs of policies that are known to be late are looked at again.
    """
    late_policies = [pk for pk, figures in by_policy.items() if figures.overdue]
    if not late_policies:
        return []
    of_these = progress.at(school, on).filter(policy_ref__in=late_policies)
    counts = progress.latest_people(of_these, grace, on, MOST_PEOPLE)
    found = Membership.objects.filter(pk__in=counts).select_related("person", "line_manager")
    late_people = [(one, counts[one.pk]) for one in found]
    return sorted(late_people, key=lambda row: (-row[1], row[0].person.sort_name))


@dataclass(frozen=True)
class SchoolLine:
    """One school on a trust's dashboard."""

    school: Organisation
    people: int
    figures: Figures
    reviews_overdue: int


def trust_dashboard(trust: Organisation) -> list[SchoolLine]:
    """Every school of the trust, and the trust's own people, in four queries."""
    on = trust.today()
    figures = progress.across(trust, on)
    active = Q(memberships__starts_on__lte=on) & (
        Q(memberships__ends_on=None) | Q(memberships__ends_on__gte=on)
    )
    places = (
        Organisation.objects.filter(reached_from__above=trust)
        .annotate(people=Count("memberships", filter=active, distinct=True))
        .order_by("kind", "name")
    )
    late = dict(
        Policy.objects.review_due(on - timedelta(days=1))
        .filter(owner__reached_from__above=trust)
        .order_by()
        .values_list("owner")
        .annotate(n=Count("pk"))
    )
    return [
        SchoolLine(
            school=place,
            people=place.people,
            figures=figures.get(place.pk, Figures()),
            reviews_overdue=late.get(place.pk, 0),
        )
        for place in places
    ]

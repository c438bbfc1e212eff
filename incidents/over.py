"""How many cases of a trust's schools are kept no longer: figures, and nothing of a case."""

from __future__ import annotations

from django.db.models import Count, Q

from incidents.models import Case
from incidents.services.keeping import over_before, unread_left_out
from incidents.visibility import not_kept_out
from incidents.workflow import ENDED
from people.models import Organisation, User


def over_at_schools(trust: Organisation, user: User) -> list[tuple[Organisation, str]]:
    """Each school with its number in words. Few are told like none: nobody finds out who is meant.

    A case that this person is kept out of is not in the number. In two queries, whatever the number
    of schools.
    """
    schools = list(
        Organisation.objects.visible_to(user)
        .filter(parent=trust, kind=Organisation.Kind.SCHOOL)
        .select_related("parent")
        .order_by("name")
    )
    # Schools that keep cases for as long and in the same zone share one condition.
    since: dict[object, list[int]] = {}
    for school in schools:
        since.setdefault(over_before(school), []).append(school.pk)
    over = Q(pk__in=())
    for moment, places in since.items():
        over |= Q(organisation__in=places, ended_at__lt=moment)
    ended = Case.objects.filter(over, not_kept_out(user), status__in=ENDED)
    cases = unread_left_out(ended.exclude(holds__lifted_at=None, holds__isnull=False))
    counted = dict(
        cases.order_by().values_list("organisation").annotate(number=Count("pk", distinct=True))
    )
    return [(school, _said(school, counted.get(school.pk, 0))) for school in schools]


def _said(school: Organisation, number: int) -> str:
    least = int(school.setting("incidents.smallest_count"))
    return str(number) if number >= least else f"None, or fewer than {least}"

"""How many notices a person has not marked as read: for the navigation, in no query of its own."""

from __future__ import annotations

from django.db.models import Count, OuterRef, Subquery

from notices.models import Notice


def of_person() -> Subquery:
    """The number, where the outer query is about users; None for none."""
    unread = Notice.objects.filter(recipient=OuterRef("pk"), read_at=None).order_by()
    return Subquery(unread.values("recipient").annotate(number=Count("pk")).values("number"))

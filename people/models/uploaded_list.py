"""A list that somebody has uploaded and not yet confirmed: what every kind of them has."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Self, TypeVar

from django.db import models
from django.utils import timezone

# The rows of a list that nobody confirmed are erased after this time.
KEPT_FOR = timedelta(days=7)


class ListStatus(models.TextChoices):
    PREVIEWED = "previewed", "Waiting to be confirmed"
    DONE = "done", "Done"
    ABANDONED = "abandoned", "Abandoned"


L = TypeVar("L", bound="UploadedList")


class UploadedListQuerySet(models.QuerySet[L]):
    def waiting(self) -> Self:
        return self.filter(status=ListStatus.PREVIEWED)

    def too_old(self) -> Self:
        return self.waiting().filter(uploaded_at__lt=timezone.now() - KEPT_FOR)

    def locked(self, pk: int) -> L | None:
        """That list, if it still waits: two who confirm it take turns."""
        rows = self.waiting().select_for_update(of=("self",), no_key=True)
        return rows.select_related("organisation__parent", "uploaded_by").filter(pk=pk).first()

    def forget(self) -> int:
        """Empty them. Returns how many."""
        empty: dict[str, Any] = {name: [] for name in self.model.ERASED}
        return self.update(status=ListStatus.ABANDONED, **empty)


class UploadedList(models.Model):
    """An uploaded list between upload and confirmation. `ERASED` is emptied when it is over."""

    Status = ListStatus
    ERASED: tuple[str, ...] = ("rows",)

    uploaded_at = models.DateTimeField(default=timezone.now)
    rows = models.JSONField(default=list)
    notes = models.JSONField(default=list)
    status = models.CharField(max_length=10, choices=ListStatus, default=ListStatus.PREVIEWED)
    counts = models.JSONField(default=dict)

    class Meta:
        abstract = True


class ListWithColumns(UploadedList):
    """One whose columns somebody may put right: what stands above them, and which is what."""

    ERASED = ("rows", "headings")

    headings = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)

    class Meta:
        abstract = True

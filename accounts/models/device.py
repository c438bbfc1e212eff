"""The school's own devices from which accounts are run (R2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models.account import SocialAccount
from accounts.models.runner import OfAnAccountQuerySet
from people.models import Organisation
from people.roles import Permission
from trail.constraints import both_or_neither

if TYPE_CHECKING:
    from people.models import User


class DeviceQuerySet(models.QuerySet["Device"]):
    def visible_to(self, user: User) -> Self:
        """Those of schools whose register they read, of accounts they see, and of their trips."""
        from accounts.models.trip import Trip

        seen = Organisation.objects.where(user, Permission.VIEW_ACCOUNTS)
        used = AccountDevice.objects.in_use().visible_to(user)
        lent = Trip.objects.not_done().filter(person=user)
        theirs = Q(pk__in=used.values("device")) | Q(pk__in=lent.values("device"))
        return self.filter(Q(organisation__in=seen) | theirs)

    def in_use(self) -> Self:
        return self.filter(retired_on=None)

    def usable(self) -> Self:
        """In use, and somebody has seen that a PIN locks it."""
        return self.in_use().filter(pin_confirmed_on__isnull=False)


class Device(models.Model):
    """A telephone, tablet or computer that belongs to the school."""

    class Gone(models.TextChoices):
        LOST = "lost", "Lost or stolen"
        RETIRED = "retired", "No longer used"

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="devices")
    name = models.CharField(max_length=100)
    inventory_number = models.CharField(max_length=40, blank=True)
    pin_confirmed_on = models.DateField(null=True, blank=True)
    pin_confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField(default=timezone.now)
    retired_on = models.DateField(null=True, blank=True)
    retired_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    gone = models.CharField(max_length=10, choices=Gone, blank=True)

    objects = DeviceQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "name"],
                condition=Q(retired_on=None),
                name="accounts_device_name_once",
                violation_error_message="There is a device of this name.",
            ),
            models.UniqueConstraint(
                fields=["organisation", "inventory_number"],
                condition=Q(retired_on=None) & ~Q(inventory_number=""),
                name="accounts_device_number_once",
                violation_error_message="There is a device with this number.",
            ),
            both_or_neither("pin_confirmed_on", "pin_confirmed_by", name="accounts_pin_seen_by"),
            both_or_neither("retired_on", "retired_by", name="accounts_device_gone_by"),
            models.CheckConstraint(
                condition=Q(retired_on=None, gone="")
                | Q(retired_on__isnull=False, gone__in=["lost", "retired"]),
                name="accounts_device_gone_how",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.inventory_number})" if self.inventory_number else self.name

    @property
    def is_usable(self) -> bool:
        return self.retired_on is None and self.pin_confirmed_on is not None


class AccountDeviceQuerySet(OfAnAccountQuerySet):
    def in_use(self) -> Self:
        return self.filter(ended_at=None, device__retired_on=None)


class AccountDevice(models.Model):
    """This account may be run from that device, until somebody takes it off."""

    account = models.ForeignKey(SocialAccount, on_delete=models.PROTECT, related_name="uses")
    device = models.ForeignKey(Device, on_delete=models.PROTECT, related_name="uses")
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = AccountDeviceQuerySet.as_manager()

    class Meta:
        ordering = ["device__name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "device"],
                condition=Q(ended_at=None),
                name="accounts_uses_device_once",
                violation_error_message="The account is run from this device already.",
            ),
            both_or_neither("ended_at", "ended_by", name="accounts_use_ended_by"),
        ]

    def __str__(self) -> str:
        return f"{self.account} on {self.device}"

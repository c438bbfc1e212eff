"""A person who signs in, or who is on the staff list without an address."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac

from people.roles import OTHERS_RECORDS, Permission, Role, permissions_of

if TYPE_CHECKING:
    from people.models.organisation import Organisation


@dataclass(frozen=True)
class Post:
    """One active membership of a person, with the roles they hold in it today."""

    membership_id: int
    organisation: Organisation
    employment: str
    starts_on: date
    roles: frozenset[Role]
    # Since when they have held a role that lets them see other people's records.
    sensitive_since: date | None = None

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        return permissions_of(self.roles)

    @property
    def role_labels(self) -> list[str]:
        return [role.label for role in Role if role in self.roles]


class UserQuerySet(models.QuerySet["User"]):
    # The ids that `within` limited it to; what is built on it afterwards does not know them.
    bounds: tuple[int, int] | None = None

    def within(self, start: int, stop: int) -> Self:
        """Those with an id from `start` to before `stop`: a batch. To be asked for last."""
        found = self.filter(pk__gte=start, pk__lt=stop)
        found.bounds = (start, stop)
        return found

    def visible_to(self, user: User) -> Self:
        """Themselves, and the people of organisations whose staff list they may read."""
        from people.models.membership import Membership

        return self.filter(
            Q(pk=user.pk) | Q(pk__in=Membership.objects.visible_to(user).values("person"))
        )


def default_sort_name(name: str) -> str:
    """The last word: the list needs one column to be sorted by."""
    return name.split(" ")[-1] if name else ""


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def new_user(
        self, email: str | None, name: str, password: str | None = None, sort_name: str = ""
    ) -> User:
        """A person who is not saved yet."""
        user: User = self.model(email=email.strip().lower() if email else None, name=name.strip())
        user.sort_name = sort_name or default_sort_name(user.name)
        user.set_password(password)
        return user

    def create_user(self, email: str | None, name: str, password: str | None = None) -> User:
        user = self.new_user(email, name, password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, name: str, password: str) -> User:
        user = self.create_user(email, name, password)
        user.is_staff = user.is_superuser = True
        user.save(using=self._db)
        return user


def new_stamp() -> str:
    return secrets.token_hex(8)


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Names are kept as people write them: one field, any script, one word or seven."""

    class Theme(models.TextChoices):
        AUTO = "auto", "As my device is set"
        LIGHT = "light", "Light"
        DARK = "dark", "Dark"

    class DigestDay(models.IntegerChoices):
        MONDAY = 0, "Mondays"
        TUESDAY = 1, "Tuesdays"
        WEDNESDAY = 2, "Wednesdays"
        THURSDAY = 3, "Thursdays"
        FRIDAY = 4, "Fridays"

    email = models.EmailField("E-mail", max_length=254, unique=True, null=True, blank=True)
    name = models.CharField("Name", max_length=150, help_text="As they write it themselves.")
    sort_name = models.CharField(
        "Sorted under", max_length=150, blank=True, help_text="Such as the family name."
    )
    theme = models.CharField(max_length=5, choices=Theme, default=Theme.AUTO)
    # The weekday of their one mail a week; empty: every working day with something new.
    digest_day = models.PositiveSmallIntegerField(null=True, blank=True, choices=DigestDay)
    mail_failed_at = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField("May use the admin pages", default=False)
    # A new stamp ends every session of this person.
    session_stamp = models.CharField(max_length=16, default=new_stamp, editable=False)
    date_joined = models.DateTimeField(default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["sort_name", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(email=None) | (Q(email=Lower("email")) & ~Q(email="")),
                name="people_email_is_lower_case",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="people_user_has_a_name"),
            models.CheckConstraint(
                condition=Q(digest_day=None) | Q(digest_day__lte=4),
                name="people_digest_on_a_weekday",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self.sort_name:
            self.sort_name = default_sort_name(self.name)
        super().save(*args, **kwargs)

    def get_session_auth_hash(self) -> str:
        """Changes with the password and with the stamp: either ends the sessions."""
        return salted_hmac("people.session", self.password + self.session_stamp).hexdigest()

    def get_session_auth_fallback_hash(self) -> Any:
        return iter(())

    @cached_property
    def posts(self) -> list[Post]:
        """Today's memberships with organisation and roles: one query, kept for the request."""
        from people.models.membership import Membership

        return Membership.objects.posts_of(self)

    def organisations_where(self, permission: Permission) -> models.QuerySet[Organisation]:
        """The trusts and schools at which this person holds the permission."""
        from people.models.organisation import Organisation

        return Organisation.objects.where(self, permission)

    def can(self, permission: Permission, *, at: Organisation) -> bool:
        """Whether they hold the permission there, in their own post or from the trust above."""
        return any(
            permission in post.permissions and post.organisation.pk in (at.pk, at.parent_id)
            for post in self.posts
        )

    def can_anywhere(self, permission: Permission) -> bool:
        return any(permission in post.permissions for post in self.posts)

    @property
    def sees_others_records(self) -> bool:
        return any(post.permissions & OTHERS_RECORDS for post in self.posts)

    @property
    def may_use_admin(self) -> bool:
        return self.is_active and self.is_staff

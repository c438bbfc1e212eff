"""Who is at the door: the person whose address this is, and whether they have a second factor."""

from __future__ import annotations

from allauth.account.auth_backends import AuthenticationBackend
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils.module_loading import import_string

from people.models import Invitation, User
from people.second_factor import FACTORS
from web.prepared import prepared


@prepared
def _signed_in(*, user_id: int) -> QuerySet[User]:
    found: QuerySet[User] = User.objects.filter(pk=user_id).annotate(
        has_second_factor=Exists(
            Authenticator.objects.filter(user=OuterRef("pk"), type__in=FACTORS)
        ),
        welcomed_at=Subquery(
            Invitation.objects.filter(person=OuterRef("pk"), accepted_at__isnull=False)
            .order_by("accepted_at")
            .values("accepted_at")[:1]
        ),
        **{name: import_string(path)() for name, path in settings.SIGNED_IN_FACTS.items()},
    )
    return found


class PortalBackend(AuthenticationBackend):
    """E-mail and password. The address on the staff list is the one that counts, no older one."""

    def get_user(self, user_id: int) -> User | None:
        """The signed-in person, and in the same query whether they have a second factor."""
        person = next(iter(_signed_in(user_id=user_id)), None)
        return person if person and self.user_can_authenticate(person) else None

    def _authenticate_by_email(self, email: str, password: str) -> User | None:
        # The library would also take addresses that a person had before the office corrected it.
        person = User.objects.filter(email=email.strip().lower()).first()
        found: User | None = self._check_password(person, password)
        return found

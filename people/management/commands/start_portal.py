"""Start an empty portal: one trust or school, and the person who leads it."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.text import slugify

from people.models import Invitation, Organisation, User
from people.roles import Role
from people.services import invitations, membership, organisations
from web.errors import RuleBroken


class Command(BaseCommand):
    help = (
        "Found a trust or a school and invite the person who leads it. Prints the link with which "
        "they choose their password. Exit code 0: done; 1: nothing was written, and why."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        kind = parser.add_mutually_exclusive_group(required=True)
        kind.add_argument("--school", metavar="NAME", help="name of the school")
        kind.add_argument("--trust", metavar="NAME", help="name of the trust")
        parser.add_argument("--name", required=True, help="name of the head or trust lead")
        parser.add_argument("--email", required=True, help="their address")
        parser.add_argument("--slug", help="short name for addresses; made from the name otherwise")
        parser.add_argument(
            "--under", metavar="SLUG", help="the trust a school belongs to, if it is here already"
        )
        parser.add_argument(
            "--domain",
            action="append",
            default=[],
            help="a mail domain of its own, for single sign-on; may be given more than once",
        )
        parser.add_argument(
            "--admin", action="store_true", help="let this person open the admin pages too"
        )
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with transaction.atomic():
                invitation = self._start(options)
        except RuleBroken as problem:
            raise CommandError(str(problem)) from None
        except ValidationError as problem:
            raise CommandError(" ".join(problem.messages)) from None
        self._report(invitation, as_json=options["json"])

    def _start(self, options: dict[str, Any]) -> Invitation:
        is_school = bool(options["school"])
        name = options["school"] or options["trust"]
        organisation = organisations.found(
            Organisation.Kind.SCHOOL if is_school else Organisation.Kind.TRUST,
            name=name,
            slug=options["slug"] or slugify(name)[:60],
            parent=self._trust(options["under"], is_school),
            domains=tuple(options["domain"]),
            by=None,
        )
        email = options["email"].strip().lower()
        if User.objects.filter(email=email).exists():
            raise RuleBroken("Somebody has this address already.")
        person = User(email=email, name=options["name"].strip())
        person.set_unusable_password()
        person.is_staff = person.is_superuser = options["admin"]
        person.full_clean()
        person.save()
        role = Role.HEAD if is_school else Role.TRUST_LEAD
        membership.join(person, organisation, roles=[role], by=None)
        return invitations.invite(person, organisation, by=None)

    def _trust(self, slug: str | None, is_school: bool) -> Organisation | None:
        if not slug:
            return None
        found = Organisation.objects.filter(slug=slug, kind=Organisation.Kind.TRUST).first()
        if found is None or not is_school:
            raise RuleBroken("--under is for a school, and names a trust that is here already.")
        return found

    def _report(self, invitation: Invitation, *, as_json: bool) -> None:
        link = settings.SITE_URL + invitations.path_for(invitation)
        slug = invitation.organisation.slug
        if as_json:
            facts = {
                "organisation": slug,
                "email": invitation.sent_to,
                "link": link,
                "expires_at": invitation.expires_at.isoformat(),
            }
            self.stdout.write(json.dumps(facts))
            return
        self.stdout.write(f"{invitation.organisation.name} is here ({slug}).")
        self.stdout.write(f"{invitation.person.name} chooses a password at:\n{link}")

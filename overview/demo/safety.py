"""Staying safe in the demo trust: guidance for families, self-checks, somebody who leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from governance.guidance import STARTING_TEXT
from governance.models import Policy
from governance.services import drafts, guidance, self_check
from overview.demo.part import HIGH, PRIMARY
from people.services import organisations

if TYPE_CHECKING:
    from overview.demo.story import Demo

SHARE = 80  # per cent of those who have been there for a while have done it


def tell(demo: Demo) -> None:
    _guidance(demo)
    _self_checks(demo)
    head = demo.person(HIGH, "head")
    # So that their leaver is asked already, three weeks before the last day.
    organisations.change_settings(demo.places[HIGH], {"leaving.ask_days": 28}, by=head)


def _guidance(demo: Demo) -> None:
    """The primary school has a page for families, and its own rules are on the public page too."""
    head, school = demo.person(PRIMARY, "head"), demo.places[PRIMARY]
    with demo.on(-60):
        guidance.show(guidance.save(school, by=head, body=STARTING_TEXT, after=0), by=head)
        contact = "Tell your class teacher, or write to the school office."
        organisations.change_settings(school, {"public.contact": contact}, by=head)
    for appendix in Policy.objects.in_force().filter(owner=school, parent__is_public=True):
        drafts.edit_details(appendix, by=head, is_public=True)


def _self_checks(demo: Demo) -> None:
    for person in demo.people.values():
        number = demo.numbers[person.pk]
        done_on = -20 - number * 7 % 180
        if demo.joined[person.pk] > demo.day(done_on) or not person.has_usable_password():
            continue
        if number * 37 % 100 < SHARE:
            person.__dict__.pop("posts", None)  # as of the day of the story
            with demo.on(done_on):
                self_check.done(by=person)

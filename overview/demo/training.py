"""What the demo trust trains its people in, who came, and what its schools taught pupils."""

from __future__ import annotations

from datetime import date, time
from typing import TYPE_CHECKING, Any

from django.core.files.base import ContentFile

from governance.models import TrainingCourse
from governance.services import education, training, training_courses, training_evidence
from overview.demo.part import HIGH, PRIMARY, TRUST
from people.models import Membership, User
from people.roles import Role

if TYPE_CHECKING:
    from overview.demo.story import Demo

CERTIFICATE = b"%PDF-1.7\n% A certificate of the demo: it certifies nothing.\n"
LOG: list[tuple[int, dict[str, Any]]] = [
    (-200, {"kind": "assembly", "title": "Think before you share", "for_pupils": True,
            "groups": "Years 3 to 6", "is_public": True}),
    (-150, {"kind": "letter", "title": "Which apps have which age limits", "for_parents": True,
            "is_public": True, "details": "With the settings that keep an account private."}),
    (-60, {"kind": "workshop", "title": "An evening about group chats", "for_parents": True,
           "for_staff": True, "is_public": True}),
    (-25, {"kind": "lesson", "title": "Who can see what I post?", "for_pupils": True,
           "groups": "Years 5 and 6", "details": "Each pupil drew the way of one picture."}),
    (-12, {"kind": "website", "title": "Where to report what worries you", "for_pupils": True,
           "for_parents": True, "is_public": True}),
]  # fmt: skip


def tell(demo: Demo) -> None:
    """Three courses, three sessions, one certificate that waits, and a year's log."""
    lead = demo.person(TRUST, "trust")
    with demo.on(-390):
        common = training_courses.start_course(
            demo.places[TRUST], by=lead, roles=[Role.STAFF], valid_months=12,
            title="Safer use of social media", provider="Willowmere central team",
            covers="Private and school accounts, pictures of pupils, what to report and to whom.",
        )  # fmt: skip
        runners = training_courses.start_course(
            demo.places[TRUST], by=lead, roles=[Role.SLT], valid_months=24, for_runners=True,
            title="Running a school account", provider="Willowmere central team",
            covers="House rules, moderation, passwords, and what to do when something goes wrong.",
        )  # fmt: skip
    for place, days, share in ((PRIMARY, -240, 85), (HIGH, -340, 70), (PRIMARY, -30, 25)):
        _session(demo, common, place, days, share)
    _session(demo, runners, HIGH, -100, 100, only=Role.SLT)
    _certificate(demo, runners)
    _log(demo)
    with demo.on(-2):
        training_courses.plan_session(
            common, demo.places[HIGH], by=demo.person(HIGH, "office"), held_on=demo.day(12),
            starts_at=time(15, 45), ends_at=time(17), place="Main hall", led_by="Idris Calloway",
        )  # fmt: skip


def _session(
    demo: Demo, course: TrainingCourse, place: str, days: int, share: int, only: Role | None = None
) -> None:
    """So many per cent of those who were there by then came."""
    school, day = demo.places[place], demo.day(days)
    with demo.on(days):
        office = demo.person(place, "office")
        session = training_courses.plan_session(
            course, school, by=office, held_on=day, place="Main hall", led_by="Idris Calloway",
            starts_at=time(15, 45), ends_at=time(17),
        )  # fmt: skip
        there = _there(demo, place, day, only)
        came = [one for one in there if demo.numbers[one.pk] * 31 % 100 < share]
        training.take_register(session, [one for one in came if one != office], by=office)


def _there(demo: Demo, place: str, day: date, only: Role | None) -> list[User]:
    posts = Membership.objects.active(day).filter(organisation=demo.places[place])
    if only is not None:
        posts = posts.holding([only], day)
    return [post.person for post in posts.select_related("person")]


def _certificate(demo: Demo, course: TrainingCourse) -> None:
    """One that the office has yet to look at, and one that it has."""
    school = demo.places[PRIMARY]
    for login, days in (("deputy", -8), ("dsl", -40)):
        with demo.on(days):
            sent = training_evidence.send_in(
                course, school, by=demo.person(PRIMARY, login), completed_on=demo.day(days - 6),
                certificate=ContentFile(CERTIFICATE, "certificate.pdf"),
            )  # fmt: skip
    with demo.on(-38):
        training_evidence.confirm(sent, by=demo.person(PRIMARY, "office"))


def _log(demo: Demo) -> None:
    for days, entry in LOG:
        with demo.on(days):
            place = demo.places[PRIMARY]
            dsl = demo.person(PRIMARY, "dsl")
            education.add(place, by=dsl, given_on=demo.day(days), **entry)

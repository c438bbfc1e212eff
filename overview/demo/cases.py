"""Business cases of the demo trust: one on trial, one that waits, a draft, and one sent back."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING, Any

from accounts.services import register
from approvals.content import risk_hash
from approvals.models import BusinessCase, Side, Vote
from approvals.services import cases, checklist, launching, risks, votes
from governance.models import TrainingCourse
from governance.services import training, training_courses
from overview.demo.part import HIGH, PRIMARY

if TYPE_CHECKING:
    from overview.demo.story import Demo

LIBRARY = {
    "platform": "instagram",
    "name": "School library",
    "department": "Library",
    "aim": "More pupils borrow books in the holidays.\nFamilies hear of readings and new shelves.",
    "audience": "Pupils from year 9, their families",
    "promotion": "Bookmarks at the desk, a link in the newsletter.",
    "access": "open",
    "faces_pupils": True,
    "shows_pupils": False,
    "pilot_group": "Members of the reading club and their families",
    "pilot_weeks": 6,
    "pilot_goals": "Thirty followers, and ten books borrowed because of a post.",
}
PHYSICS = {
    "platform": "youtube",
    "name": "Physics at home",
    "department": "Science",
    "aim": "Short films of experiments, so that whoever was ill can follow.",
    "audience": "Pupils of years 10 to 13",
    "promotion": "A link in the homework.",
    "access": "closed",
    "faces_pupils": True,
    "shows_pupils": False,
    "pilot_group": "One class of year 11",
    "pilot_weeks": 8,
    "pilot_goals": "Half of those who were absent watched, and say that it helped.",
}
# They fit each of the three cases.
TEXTS = {
    "objectives": "The aims of the case, counted at the end of the trial.",
    "message": "News, dates and what we have made. Hands and things, no faces.",
    "audience": "Those whom the case names. Nobody younger.",
    "why_not_otherwise": "The website is looked at once a term; this is where these readers are.",
    "which_platform": "We looked at a mailing list and at X. What we want to show works best here.",
    "who_leads": "Staff only. Pupils suggest posts on paper.",
    "evaluation": "We count who follows it, and ask those who tried it first.",
}
RISKS = (
    ("Hurtful comments below a post", (3, 3), "Comments are looked at first.", (1, 3)),
    ("Somebody pretends to be us", (2, 4), "Two-factor sign-in, a search.", (1, 4)),
    ("A pupil writes privately to staff", (3, 4), "Private messages are switched off.", (1, 3)),
)  # fmt: skip
NAMES = ("what", "likelihood", "impact", "mitigation", "likelihood_after", "impact_after")


def tell(demo: Demo) -> None:
    _on_trial(demo)
    _waiting(demo)
    _at_the_primary(demo)


def _on_trial(demo: Demo) -> None:
    _train(demo, -58, "p.lomax", "s.ekwueme")
    with demo.on(-52):
        case = _write(demo, HIGH, "s.ekwueme", ("s.ekwueme", "p.lomax"), LIBRARY)
        _think_it_through(demo, case, teacher="p.lomax")
        cases.submit(case, by=demo.person(HIGH, "s.ekwueme"))
    for days, login in ((-50, "deputy"), (-48, "head")):
        with demo.on(days):
            _vote(demo, case, HIGH, login, Vote.Choice.APPROVE)
    with demo.on(-44):
        case.refresh_from_db()
        assert case.account is not None, "the votes are there and both runners are fit"
        it, day = demo.person(HIGH, "it"), demo.day(-44)
        register.set_address(case.account, by=it, address="@merrowgate_library")
        register.change(case.account, by=it, email=f"library@{HIGH}.example")
        register.confirm_sign_in(case.account, by=it, two_factor_on=day, recovery_on=day)
    with demo.on(-36):
        launching.begin_pilot(case, by=demo.person(HIGH, "head"), until=demo.day(6))


def _waiting(demo: Demo) -> None:
    with demo.on(-9):
        case = _write(demo, HIGH, "t.beck", ("t.beck", "y.nolan"), PHYSICS)
        _think_it_through(demo, case, teacher="y.nolan")
        cases.submit(case, by=demo.person(HIGH, "t.beck"))
    with demo.on(-7):
        _vote(demo, case, HIGH, "deputy", Vote.Choice.APPROVE)


def _at_the_primary(demo: Demo) -> None:
    with demo.on(-3):
        author = demo.person(PRIMARY, "teacher")
        case = cases.begin(demo.places[PRIMARY], by=author)
        cases.change(
            case, by=author, platform="facebook", name="Year 2 garden",
            aim="Families see what grows, and come to help on Saturdays.",
        )  # fmt: skip
    with demo.on(-15):
        details = {
            **LIBRARY, "name": "Choir", "department": "Music", "access": "closed",
            "faces_pupils": False, "aim": "Families hear of concerts in time.",
        }  # fmt: skip
        sent = _write(demo, PRIMARY, "h.wynn", ("h.wynn", "signed"), details)
        _think_it_through(demo, sent, teacher="signed")
        cases.submit(sent, by=demo.person(PRIMARY, "h.wynn"))
    with demo.on(-13):
        why = "Say who answers comments in the holidays, and send it again."
        _vote(demo, sent, PRIMARY, "head", Vote.Choice.CHANGES, reason=why)


def _write(
    demo: Demo, place: str, author: str, runners: tuple[str, ...], parts: dict[str, Any]
) -> BusinessCase:
    by = demo.person(place, author)
    case = cases.begin(demo.places[place], by=by)
    case = cases.change(case, by=by, **parts)
    return cases.set_runners(case, by=by, people=[demo.person(place, one) for one in runners])


def _think_it_through(demo: Demo, case: BusinessCase, *, teacher: str) -> None:
    """Every question answered, the risks listed and signed from both sides."""
    place, by = case.organisation.slug, case.author
    for key, text in TEXTS.items():
        checklist.answer(case, by=by, question=key, text=text)
    for key in YES:
        checklist.answer(case, by=by, question=key, verdict="yes")
    checklist.answer(case, by=by, question="parents_agree", verdict="na", note="No pupil is shown.")
    checklist.answer(
        case, by=by, question="asked_them", verdict="no", note="Only those of the trial so far.",
        mitigation="The trial is with those who were asked.",
    )  # fmt: skip
    checklist.answer(case, by=by, question="moderator", person=by)
    checklist.answer(case, by=by, question="leader", person=demo.person(place, "deputy"))
    day = demo.day(-75)
    checklist.answer(case, by=by, question="policy_told", date=day)
    for what, before, mitigation, after in RISKS:
        row = dict(zip(NAMES, (what, *before, mitigation, *after), strict=True))
        risks.add(case, by=by, **row)
    for side, login in ((Side.EDUCATIONAL, teacher), (Side.TECHNICAL, "it")):
        person = demo.person(place, login)
        risks.set_assessor(case, by=by, side=side, person=person)
        risks.sign(case, by=person, side=side, note="", risk_hash=risk_hash(case))


YES = (
    "risks_reduced", "both_sides", "terms", "age", "pictures_agreed", "privacy_settings",
    "only_intended", "resources", "in_policy", "acceptable_use", "clear_rules", "training",
    "agreement_kept", "trial_first",
)  # fmt: skip


def _vote(
    demo: Demo, case: BusinessCase, place: str, login: str, choice: str, *, reason: str = ""
) -> None:
    case.refresh_from_db()
    votes.vote(
        case, by=demo.person(place, login), choice=choice, content_hash=case.content_hash,
        reason=reason,
    )  # fmt: skip


def _train(demo: Demo, days: int, *logins: str) -> None:
    course = TrainingCourse.objects.get(title="Running a school account")
    with demo.on(days):
        office = demo.person(HIGH, "office")
        session = training_courses.plan_session(
            course, demo.places[HIGH], by=office, held_on=demo.day(days), place="Library",
            led_by="Idris Calloway", starts_at=time(15, 45), ends_at=time(17),
        )  # fmt: skip
        people = [demo.person(HIGH, login) for login in logins]
        training.take_register(session, people, by=office)

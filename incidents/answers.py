"""From what somebody typed to the report that is sent: what is missing, and what is shown first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from accounts.models import SocialAccount
from incidents.forms.steps import BY_SLUG, GATE, ROLES, STEPS, Answers, PeopleForm, Step
from incidents.kinds import KINDS, Kind
from incidents.models import Case, CasePerson
from incidents.services.people import Named
from incidents.services.reporting import Report
from people.models import Membership, Organisation, User
from people.roles import Permission, Role

R = CasePerson.Role
PUPIL = CasePerson.Relation.PUPIL


def staff_of(place: Organisation, but: User) -> Any:
    """Everybody whom a report from this school may be about: its own people, and the trust's.

    Nobody for whoever does not work there and meets no names elsewhere, such as a governor: they
    write the name.
    """
    if not (_works_there(but, place) or but.can(Permission.VIEW_PEOPLE, at=place)):
        return User.objects.none()
    places = [pk for pk in (place.pk, place.parent_id) if pk is not None]
    posts = Membership.objects.active(place.today()).filter(organisation__in=places)
    people = User.objects.filter(pk__in=posts.order_by().values("person")).exclude(pk=but.pk)
    return people.order_by("sort_name", "name")


def _works_there(user: User, place: Organisation) -> bool:
    places = (place.pk, place.parent_id)
    return any(post.organisation.pk in places and Role.STAFF in post.roles for post in user.posts)


def form_of(
    step: Step, answers: Answers, people: Any, *, data: Any = None, submit: str = ""
) -> Any:
    return step.form(data, answers=answers, people=people, submit=submit)


def unanswered(answers: Answers, people: Any) -> list[Step]:
    """The questions that stand in the way of sending it, in their order."""
    return [step for step in STEPS if not form_of(step, answers, people, data=answers).is_valid()]


def stopped_at(answers: Answers, people: Any) -> Step | None:
    """The first question that was not answered, or not looked at: where somebody goes on."""
    missing = unanswered(answers, people)
    for step in STEPS:
        # Whoever was there has left its fields in the draft, empty or not.
        if step in missing or not form_of(step, answers, people).fields.keys() & answers.keys():
            return step
    return None


def step_after(step: Step) -> Step | None:
    return next(iter(STEPS[STEPS.index(step) + 1 :]), None)


def step_before(step: Step) -> Step | None:
    return STEPS[STEPS.index(step) - 1] if STEPS.index(step) else None


def report_of(answers: Answers, place: Organisation, by: User) -> Report:
    """The report that these answers make. Raises nothing: the service says what is missing."""
    found = tuple(_people(answers, place, by))
    children = any(one.relation == PUPIL and one.role != R.WITNESS for one in found)
    return Report(
        kind=answers.get("kind", ""),
        about=answers.get("about", ""),
        what=answers.get("what", ""),
        where=answers.get("where", ""),
        platform=answers.get("platform", ""),
        handle=answers.get("handle", ""),
        when=answers.get("when", ""),
        done=answers.get("done", ""),
        behalf=answers.get("behalf", ""),
        child_concerned=bool(answers.get("child")) or children,
        image_gate=answers.get("image_gate", ""),
        may_contact=answers.get("may_contact") == "yes",
        hide_reporter=bool(answers.get("hide_reporter")),
        people=found,
        account=_account(answers, by),
    )


def _people(answers: Answers, place: Organisation, by: User) -> Iterator[Named]:
    chosen = answers.get("person", "")
    if chosen.isdecimal():
        person = staff_of(place, by).filter(pk=int(chosen)).first()
        if person is not None:
            yield Named(R.SUBJECT, user=person)
    if adult := answers.get("adult", ""):
        yield Named(R.SUBJECT, name=adult, relation=CasePerson.Relation.STAFF)
    for at in range(1, PeopleForm.MOST + 1):
        name = answers.get(f"name_{at}", "")
        if name:
            year = answers.get(f"year_{at}", "")
            yield Named(
                answers.get(f"role_{at}", ""),
                name=name,
                relation=answers.get(f"relation_{at}", ""),
                year_group=int(year) if year.isdecimal() else None,
            )


def _account(answers: Answers, by: User) -> SocialAccount | None:
    pk = answers.get("account", "")
    if not pk.isdecimal():
        return None
    return SocialAccount.objects.visible_to(by).filter(pk=int(pk)).first()


def guidance_of(answers: Answers) -> str:
    """What to do first about this kind of report, and what not."""
    kind = answers.get("kind", "")
    return KINDS[Kind(kind)].guidance if kind in Kind.values else ""


Pair = tuple[str, str]


def shown(answers: Answers, people: Any) -> list[tuple[Step, list[Pair]]]:
    """Everything that was answered, question by question, for the last look before it is sent."""
    return [(step, list(_pairs(step, answers, people))) for step in STEPS]


def _pairs(step: Step, answers: Answers, people: Any) -> Iterable[Pair]:
    if step.slug == "people":
        return _people_pairs(answers)
    if step.slug == "about":
        return _about_pairs(answers, people)
    form = form_of(step, answers, people)
    return [
        (str(form[name].label), _in_words(name, answers.get(name, "")))
        for name in form.fields
        if answers.get(name)
    ]


def _about_pairs(answers: Answers, people: Any) -> Iterator[Pair]:
    if answers.get("about"):
        yield "About", _in_words("about", answers["about"])
    if answers.get("person", "").isdecimal():
        person = people.filter(pk=int(answers["person"])).first()
        if person is not None:
            yield "Who", person.name
    if answers.get("adult"):
        yield "Who", answers["adult"]


def _people_pairs(answers: Answers) -> Iterator[Pair]:
    roles, relations = dict(ROLES), dict(CasePerson.Relation.choices)
    for at in range(1, PeopleForm.MOST + 1):
        if name := answers.get(f"name_{at}"):
            who = relations.get(answers.get(f"relation_{at}", ""), "")
            year = answers.get(f"year_{at}")
            facts = [name, who, f"year {year}" if year else ""]
            yield (
                str(roles.get(R(answers[f"role_{at}"]), "")) if answers.get(f"role_{at}") else "",
                ", ".join(str(fact) for fact in facts if fact),
            )
    if answers.get("child"):
        yield "Children", "A child is harmed by it, or could be"


def _in_words(name: str, value: str) -> str:
    words: dict[str, dict[Any, Any]] = {
        "kind": dict(Kind.choices),
        "about": dict(Case.About.choices),
        "image_gate": dict(GATE),
    }
    if name in words:
        return str(words[name].get(value, value))
    return {"yes": "Yes", "no": "No"}.get(value, value) if name in YES_NO_FIELDS else value


YES_NO_FIELDS = {"may_contact", "hide_reporter"}
__all__ = [
    "BY_SLUG", "form_of", "guidance_of", "report_of", "shown", "staff_of", "step_after",
    "step_before", "stopped_at", "unanswered",
]  # fmt: skip

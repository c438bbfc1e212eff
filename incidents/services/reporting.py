"""Sending a report: from a colleague who is signed in, or through a school's public form."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.models import Runner, SocialAccount
from incidents.circles import Circle, Guest, column
from incidents.kinds import KINDS, Kind, Level
from incidents.models import (
    Access,
    Case,
    CaseKey,
    CasePerson,
    Draft,
    PaperReport,
    PublicReport,
)
from incidents.own_record import record
from incidents.references import new_receipt, new_reference, receipt_hash
from incidents.routing import told_first, way_of
from incidents.sealing import new_key, wrap, written
from incidents.services import people
from incidents.services.people import Named
from incidents.services.referrals import begin_what_runs
from incidents.services.routes import reroute
from incidents.services.telling import tell
from incidents.visibility import not_kept_out, who_sees_by_office
from incidents.workflow import ENDED, Status
from people.models import Membership, Organisation, User
from people.roles import Permission
from web.crypto import current_key_id
from web.errors import RuleBroken

NEW = "new"  # the clock of the first alert, which tells of the report itself


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody reports. `about` is asked before anything else, and routes it."""

    kind: str
    about: str
    what: str
    where: str = ""
    platform: str = ""
    handle: str = ""
    when: str = ""
    done: str = ""
    behalf: str = ""
    child_concerned: bool = False
    image_gate: str = Case.Gate.UNSURE
    may_contact: bool = True
    hide_reporter: bool = False
    people: tuple[Named, ...] = field(default=())
    account: SocialAccount | None = None


@transaction.atomic
def submit(
    organisation: Organisation, report: Report, *, by: User, draft: Draft | None = None
) -> Case:
    """Send a report as oneself. The draft it was written in goes; the case has its reference.

    So a second press of the button finds what the first one sent. Raises PermissionDenied for
    somebody who does not belong there, RuleBroken for what is missing or was sent meanwhile.
    """
    if not Organisation.objects.visible_to(by).filter(pk=organisation.pk).exists():
        raise PermissionDenied
    if draft is not None and not Draft.objects.visible_to(by).filter(pk=draft.pk).delete()[0]:
        raise RuleBroken("This has been sent already.")
    case = _create(organisation, report, reporter=by, reference=draft.reference if draft else "")
    who = None if report.hide_reporter else by
    people.put(case, Named(CasePerson.Role.REPORTER, user=by), by=who)
    return _send(case, report, by=who)


@transaction.atomic
def submit_public(
    organisation: Organisation, report: Report, *, relation: str, name: str = ""
) -> tuple[Case, str]:
    """Send a report without a login. Returns the case and the receipt, which is shown once.

    Nothing of the device is kept. Raises RuleBroken for what is missing.
    """
    if any(named.user is not None for named in report.people) or report.account is not None:
        raise RuleBroken("Choose from the list.")
    if relation not in PublicReport.Relation.values:
        raise RuleBroken("Choose who you are, or that you would rather not say.")
    case = _create(organisation, report, reporter=None)
    if name.strip():
        people.put(case, Named(CasePerson.Role.REPORTER, name=name), by=None)
    receipt = new_receipt()
    PublicReport.objects.create(
        case=case, receipt_hash=receipt_hash(receipt), relation=relation, named=bool(name.strip())
    )
    return _send(case, report, by=None), receipt


@transaction.atomic
def submit_paper(
    organisation: Organisation, report: Report, *, by: User, written_on: date, name: str = ""
) -> Case:
    """Type in what somebody wrote on the school's paper form. The case is marked as such.

    Whoever types is not its reporter, and sees nothing of the case unless their office does.
    Raises PermissionDenied, and RuleBroken for what is missing.
    """
    if not by.can(Permission.ENTER_REPORTS, at=organisation):
        raise PermissionDenied
    if written_on > organisation.today():
        raise RuleBroken("The day it was written cannot be in the future.")
    case = _create(organisation, report, reporter=None)
    if name.strip():
        people.put(case, Named(CasePerson.Role.REPORTER, name=name), by=by)
    PaperReport.objects.create(case=case, written_on=written_on, entered_by=by)
    return _send(case, report, by=by)


def _problems(report: Report) -> list[str]:
    problems = []
    if report.kind not in Kind.values:
        problems.append("Choose what it is about.")
    if report.about not in Case.About.values:
        problems.append("Say whether it is about somebody at the school.")
    if report.image_gate not in Case.Gate.values:
        problems.append("Say whether a picture could be of somebody under 18.")
    if not report.what.strip():
        problems.append("Write what happened.")
    return problems


def _expect_ours(organisation: Organisation, report: Report) -> None:
    """The account and the people that were chosen are of this school or its trust."""
    places = [pk for pk in (organisation.pk, organisation.parent_id) if pk is not None]
    named = {one.user.pk for one in report.people if one.user is not None}
    known = Membership.objects.filter(organisation__in=places, person__in=named).order_by()
    strangers = named - set(known.values_list("person", flat=True))
    if strangers or (report.account and report.account.organisation_id not in places):
        raise RuleBroken("Choose from the list.")


def _create(
    organisation: Organisation, report: Report, *, reporter: User | None, reference: str = ""
) -> Case:
    RuleBroken.if_any(_problems(report))
    _expect_ours(organisation, report)
    kind = KINDS[Kind(report.kind)]
    case = Case(
        reference=reference or new_reference(),
        organisation=organisation,
        kind=report.kind,
        clock=way_of(report.kind, organisation).clock,
        about=report.about,
        about_staff=_about(report) != Case.About.NONE,
        child_concerned=report.child_concerned or kind.child,
        image_gate=report.image_gate,
        may_contact=report.may_contact,
        hide_reporter=report.hide_reporter,
        reporter=reporter,
        account=report.account,
        reported_at=timezone.now(),
    )
    key = new_key()
    case.__dict__["data_key"] = key
    written(
        case, what=report.what, where=report.where, platform=report.platform,
        handle=report.handle, when=report.when, done=report.done, behalf=report.behalf,
    ).save(force_insert=True)  # fmt: skip
    CaseKey.objects.create(
        case=case, wrapped=wrap(key, case.reference), wrapped_with=current_key_id()
    )
    return case


def _about(report: Report) -> str:
    """What the report is about for its route: a member of staff who is named counts, too."""
    named = any(one.role == CasePerson.Role.SUBJECT and one.is_staff for one in report.people)
    if report.about == Case.About.NONE and (named or report.kind == Kind.STAFF_CONDUCT):
        return Case.About.OTHER_STAFF
    return report.about


def _send(case: Case, report: Report, *, by: User | None) -> Case:
    """Keep out whoever must not know, then route it, then tell: in this order, and in one go."""
    for named in report.people:
        people.put(case, named, by=by)
    if report.about == Case.About.HEAD:
        people.keep_out_office(case, Circle.HEAD)
    if report.about == Case.About.SAFEGUARDING:
        people.keep_out_office(case, Circle.SAFEGUARDING)
    people.keep_out_named(
        case,
        [
            one.name
            for one in report.people
            if one.user is None
            and one.role == CasePerson.Role.SUBJECT
            and one.relation in (CasePerson.Relation.STAFF, CasePerson.Relation.OTHER)
        ],
    )
    way = way_of(case.kind, case.organisation)
    for circle in told_first(_about(report), way, child=case.child_concerned):
        setattr(case, column(circle), True)
    record("case.report", case, by=by, kind=case.kind)
    reroute(case, by=None)
    if not case.about_staff:
        _let_guests_in(case, way.guests)
    begin_what_runs(case)
    _tell_of(case)
    return case


def _let_guests_in(case: Case, guests: tuple[Guest, ...]) -> None:
    """Single people on the route. Never where it is about staff: it could be about them."""
    found: set[int] = set()
    if Guest.LINE_MANAGER in guests and case.reporter and not case.hide_reporter:
        manager = people.manager_of(case.reporter, case)
        found |= {manager.pk} if manager else set()
    if Guest.RUNNERS in guests and case.account is not None:
        runners = Runner.objects.current(case.organisation.today()).filter(account=case.account)
        found |= set(runners.values_list("person", flat=True))
    for pk in sorted(found - ({case.reporter_id} if case.reporter_id else set())):
        row = Access.objects.create(
            case=case, person_id=pk, cause=Access.Cause.ROUTE, given_at=timezone.now()
        )
        record("access.route", case, by=None, target=row)


def _tell_of(case: Case) -> None:
    guests = case.accesses.current().values_list("person", flat=True)
    told = who_sees_by_office(case, case.circles) | set(guests)
    tell(case, told, clock=NEW, since=case.reported_at, urgent=case.clock == Level.RED)


@transaction.atomic
def doubt_picture(reference: str, *, by: User, answer: str) -> None:
    """Its reporter says that there could be such a picture after all: nothing is attached by them.

    Raises Http404 for another's report. It is never taken back: a doubt stays one.
    """
    mine = Case.objects.filter(reference=reference, reporter=by, disposed_at=None)
    case = get_object_or_404(mine.select_for_update(of=("self",), no_key=True))
    if answer not in (Case.Gate.YES, Case.Gate.UNSURE):
        raise RuleBroken("Say whether there could be such a picture.")
    if case.image_gate == Case.Gate.NO:
        case.image_gate = answer
        case.save(update_fields=["image_gate"])
        record("case.picture", case, by=None if case.hide_reporter else by, answer=answer)


# What a reporter may know of what they reported


@dataclass(frozen=True, slots=True)
class OwnReport:
    """A reporter's own report: what they wrote, when, and a neutral word about where it is."""

    reference: str
    reported_at: datetime
    what: str
    state: str


RECEIVED, LOOKED_AT, DONE = "Received", "Being looked at", "Finished"


def own_reports(user: User) -> list[OwnReport]:
    """What this person reported. Two queries and one more for cover.

    Somebody who has since been kept out sees what they wrote, and "Received" for good: a report
    that vanished, or went on, would tell them.
    """
    mine = Case.objects.filter(reporter=user, disposed_at=None)
    open_to = set(mine.filter(not_kept_out(user)).values_list("pk", flat=True))
    return [
        OwnReport(
            case.reference, case.reported_at, case.text("what"),
            neutral(case) if case.pk in open_to else RECEIVED,
        )
        for case in mine.select_related("key")
    ]  # fmt: skip


def neutral(case: Case) -> str:
    """Where a report is, in a word that says nothing of what was found."""
    if case.status in ENDED:
        return DONE
    return RECEIVED if case.status == Status.SUBMITTED else LOOKED_AT

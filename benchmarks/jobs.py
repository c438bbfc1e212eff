"""What is timed once, as a service call: publishing to everybody, and a school's evidence pack."""

from __future__ import annotations

import time
from collections.abc import Iterator

from benchmarks import seeding
from benchmarks.seeding import World
from governance.models import EvidencePack
from governance.obligations import owed
from governance.services import drafts, evidence, publishing
from people.models import User

PACK_STAFF = 150
Job = tuple[str, float, str]


def jobs(world: World) -> Iterator[Job]:
    """Name, seconds and aim of each."""
    yield _pack(world)
    yield _publish(world)


def _pack(world: World) -> Job:
    """Everything about a school of 150, as its head asks for it before an inspection."""
    school, head = seeding.school_of_its_own(world.trust, PACK_STAFF)
    started = time.perf_counter()
    pack = evidence.ask(school, by=head, kind=EvidencePack.Kind.SCHOOL)
    made = evidence.make(pack.pk)
    seconds = time.perf_counter() - started
    if made is None or not made.is_ready:
        raise SystemExit("The evidence pack could not be made.")
    return f"make the evidence pack of a school of {PACK_STAFF}", seconds, "5 s"


def _publish(world: World) -> Job:
    """A material version for everybody: duties are derived, so nothing is written for each."""
    lead = User.objects.get(email="lead@bench.example")
    version = drafts.start_version(world.signed, by=lead)
    body = version.body + "\n\nOne rule more.\n"
    version = drafts.edit_text(
        version,
        edition=version.edition,
        by=lead,
        title=version.title,
        number=version.number,
        body=body,
    )
    started = time.perf_counter()
    publishing.publish(version, by=lead, change="material", summary="One rule more.")
    seconds = time.perf_counter() - started
    asked = owed(world.trust.today()).filter(policy_ref=world.signed.pk).count()
    return f"publish a material version to {asked} people", seconds, "1 s"

"""What is timed once, as a service call: publishing to everybody."""

from __future__ import annotations

import time
from collections.abc import Iterator

from benchmarks.seeding import World
from governance.obligations import owed
from governance.services import drafts, publishing
from people.models import User

Job = tuple[str, float, str]


def jobs(world: World) -> Iterator[Job]:
    """Name, seconds and aim of each."""
    yield _publish(world)


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

"""A school with a little of everything, and packs of it, for the tests of evidence packs."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from governance.models import EvidencePack, Policy
from governance.services import drafts, evidence, exemptions, publishing, sign_off
from people.models import Organisation, User
from people.roles import Role
from tests.factories import make_school, make_trust, make_user
from tests.governance.factories import make_in_sign_off, make_policy, sign

Row = dict[str, Any]


@dataclass
class Lively:
    """A school of a trust whose people have signed this and not that."""

    trust: Organisation
    school: Organisation
    head: User
    signer: User
    idle: User
    exempt: User
    chair: User
    agreed: Policy  # signed off by the chair; the second version is minor
    of_the_trust: Policy

    def publish_next(self, change: str) -> None:
        """The next version of `agreed`, which the chair signs off, too."""
        version = drafts.start_version(self.agreed, by=self.head)
        version = drafts.edit_text(
            version, edition=version.edition, by=self.head, title=version.title,
            number=version.number, body=version.body + "\n\nNew words.\n",
        )  # fmt: skip
        version = sign_off.send(version, by=self.head)
        sign_off.sign(version, by=self.chair, displayed=version.content_hash)
        version.refresh_from_db()
        publishing.publish(version, by=self.head, change=change, summary="A few words are new.")


def lively_school() -> Lively:
    trust = make_trust()
    school = make_school("St Olave’s, Wapping", trust=trust)
    head = make_user(Role.HEAD, at=school, name="Hedda Head")
    lead = make_user(Role.TRUST_LEAD, at=trust, name="Lee Lead")
    chair = make_user(Role.CHAIR, at=school, name="Cleo Chair", employment="governor")
    signer = make_user(Role.STAFF, at=school, name="Zoë Ångström-Smith", department="Science")
    idle = make_user(Role.STAFF, at=school, name="=cmd|'/c calc'!A0", department="Science")
    exempt = make_user(Role.STAFF, at=school, name="Ewa Exempt")
    version = make_in_sign_off(school, by=head, title="Pictures, “posts” and =SUM(1)")
    sign_off.sign(version, by=chair, displayed=version.content_hash)
    agreed = publishing.publish(version, by=head, change="material").policy
    of_the_trust = make_policy(trust, by=lead, title="Online presence")
    for policy in (agreed, of_the_trust):
        sign(policy, signer)
    lively = Lively(trust, school, head, signer, idle, exempt, chair, agreed, of_the_trust)
    lively.publish_next("minor")
    exemptions.allow(exempt, school, by=head, reason="long_leave", starts_on=school.today())
    return lively


def ask(place: Organisation, by: User, kind: str = "school", **more: Any) -> EvidencePack:
    person = User.objects.get(pk=by.pk)
    return evidence.ask(place, by=person, kind=kind, **more)


def made(place: Organisation, by: User, kind: str = "school", **more: Any) -> EvidencePack:
    pack = ask(place, by, kind, **more)
    done = evidence.make(pack.pk, tell=False)
    assert done is not None
    assert done.is_ready
    return done


def content(pack: EvidencePack) -> bytes:
    return evidence.download(pack, by=User.objects.get(pk=pack.requested_by_id))


def files(data: bytes) -> dict[str, bytes]:
    archive = zipfile.ZipFile(io.BytesIO(data))
    return {name: archive.read(name) for name in archive.namelist()}


def table(data: bytes, name: str) -> list[Row]:
    """A table of a pack, from its JSON."""
    rows: list[Row] = json.loads(files(data)["evidence.json"])[name]
    return rows


def csv_rows(data: bytes, path: str) -> list[dict[str, str]]:
    text = files(data)[path].decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def zipped(entries: dict[str, bytes]) -> bytes:
    """Packed as the portal packs."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def days_ago(days: int) -> Any:
    return timezone.now() - timedelta(days=days)

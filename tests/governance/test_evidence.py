"""What an evidence pack holds."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from pypdf import PdfReader

from governance.evidence import manifest
from governance.evidence.tables import OF_PEOPLE, TABLES
from governance.models import PolicyVersion
from governance.services import publishing
from people.models import User
from people.roles import Role
from people.services import membership as memberships
from tests.factories import make_member, make_school, make_user
from tests.governance.factories import make_appendix, make_policy, sign
from tests.governance.packs import Lively, content, csv_rows, files, lively_school, made, table

pytestmark = pytest.mark.django_db


@pytest.fixture
def lively(db: None) -> Lively:
    return lively_school()


# What is in it


@pytest.mark.demand("D18")
def test_a_pack_of_a_school_says_who_has_signed_what(lively: Lively) -> None:
    data = content(made(lively.school, lively.head))

    states = {
        (row["person"], row["policy"]): row["state"]
        for row in table(data, "standings")
        if row["policy_id"] == lively.agreed.pk
    }
    title = "Pictures, “posts” and =SUM(1)"
    assert states[lively.signer.name, title] == "signed"
    assert states[lively.idle.name, title] == "not signed"
    assert states[lively.exempt.name, title] == "exempt"
    assert {row["person"] for row in table(data, "not_signed")} == {
        "Hedda Head", "Cleo Chair", lively.idle.name,
    }  # fmt: skip
    (figures,) = [row for row in table(data, "figures") if row["policy_id"] == lively.agreed.pk]
    assert {name: figures[name] for name in ("people", "signed", "not_signed", "exempt")} == {
        "people": 5, "signed": 1, "not_signed": 3, "exempt": 1,
    }  # fmt: skip
    assert figures["percent"] == 25
    (exempt,) = table(data, "exemptions")
    assert (exempt["person"], exempt["reason"], exempt["allowed_by"]) == (
        "Ewa Exempt", "On long leave", "Hedda Head",
    )  # fmt: skip


def test_the_acknowledgement_names_the_exact_text(lively: Lively) -> None:
    """Signed as 1.0, which still counts for the minor version in force."""
    data = content(made(lively.school, lively.head))

    rows = [row for row in table(data, "acknowledgements") if row["policy_id"] == lively.agreed.pk]
    (row,) = rows
    first = lively.agreed.versions.get(ordinal=1)
    assert row["content_hash"] == first.content_hash
    assert (row["version"], row["counted"], row["method"]) == ("1.0", True, "own")
    assert row["receipt"] == lively.signer.signatures.get(acknowledgements__version=first).reference
    assert row["at"].endswith("Z")


@pytest.mark.demand("D18")
def test_each_text_has_the_hash_that_was_acknowledged(lively: Lively) -> None:
    data = content(made(lively.school, lively.head))

    inside = files(data)
    texts = {name: body for name, body in inside.items() if name.startswith("texts/")}
    assert {f"texts/{hashlib.sha256(body).hexdigest()}.txt" for body in texts.values()} == set(
        texts
    )
    hashes = {row["content_hash"] for row in table(data, "acknowledgements")}
    in_force = {row["content_hash"] for row in table(data, "versions") if row["in_force"]}
    assert {f"texts/{one}.txt" for one in hashes | in_force} == set(texts)
    one = json.loads(inside[f"texts/{lively.agreed.versions.get(ordinal=1).content_hash}.txt"])
    assert one["title"] == lively.agreed.title


def test_csv_and_json_say_the_same_with_the_same_columns(lively: Lively) -> None:
    data = content(made(lively.school, lively.head))

    for name, described in TABLES.items():
        rows = table(data, name)
        lines = csv_rows(data, described.file)
        assert [list(row) for row in rows] == [list(described.columns)] * len(rows)
        assert len(lines) == len(rows)
        header = files(data)[described.file].decode("utf-8-sig").splitlines()[0]
        assert header.split(",") == list(described.columns)


def test_a_name_that_looks_like_a_formula_is_text_in_a_spreadsheet(lively: Lively) -> None:
    data = content(made(lively.school, lively.head))

    names = {row["person"] for row in csv_rows(data, "not-signed.csv")}
    assert "'" + lively.idle.name in names
    assert lively.idle.name in {row["person"] for row in table(data, "not_signed")}


def test_sign_offs_name_the_signatory_and_the_text(lively: Lively) -> None:
    rows = table(content(made(lively.school, lively.head)), "sign_offs")

    assert {(row["as"], row["name"], row["stands"]) for row in rows} == {
        ("Chair of governors", "Cleo Chair", True)
    }
    assert [row["content_hash"] for row in rows] == [
        one.content_hash for one in lively.agreed.versions.order_by("ordinal")
    ]


@pytest.mark.demand("D18")
def test_a_pack_is_of_the_moment_it_is_asked_about() -> None:
    with time_machine.travel(datetime(2026, 3, 2, 9, tzinfo=UTC), tick=False) as clock:
        lively = lively_school()
        evening = timezone.now() + timedelta(hours=9)
        clock.shift(timedelta(days=3))
        lively.publish_next("material")
        sign(lively.agreed, lively.idle)
        publishing.withdraw(
            lively.of_the_trust, by=lively.trust.memberships.get().person, reason="Old."
        )
        then = content(made(lively.school, lively.head, as_at=evening))
        now = content(made(lively.school, lively.head))

    def version_and_states(data: bytes) -> tuple[set[str], set[str]]:
        rows = [row for row in table(data, "standings") if row["policy_id"] == lively.agreed.pk]
        signed = {row["person"] for row in rows if row["state"] == "signed"}
        return {row["version"] for row in rows}, signed

    assert version_and_states(then) == ({"2.0"}, {lively.signer.name})
    assert version_and_states(now) == ({"3.0"}, {lively.idle.name})
    assert {row["policy_id"] for row in table(then, "figures")} == {
        lively.agreed.pk, lively.of_the_trust.pk,
    }  # fmt: skip
    assert {row["policy_id"] for row in table(now, "figures")} == {lively.agreed.pk}
    gone = [row for row in table(now, "versions") if row["withdrawn_at"]]
    assert [row["withdrawn_reason"] for row in gone] == ["Old."]
    assert not [row for row in table(then, "versions") if row["withdrawn_at"]]


def test_a_pack_of_one_policy_holds_it_and_the_schools_appendix(lively: Lively) -> None:
    appendix = make_appendix(lively.of_the_trust, lively.school, by=lively.head)
    sister = make_school(trust=lively.trust)
    make_appendix(lively.of_the_trust, sister)

    data = content(made(lively.school, lively.head, "policy", policy=lively.of_the_trust))

    policies = {row["policy_id"] for name in TABLES for row in table(data, name)
                if row.get("policy_id")}  # fmt: skip
    assert policies == {lively.of_the_trust.pk, appendix.pk}


def test_a_pack_of_one_person_names_nobody_elses_signature(lively: Lively) -> None:
    sign(lively.of_the_trust, lively.idle)

    data = content(made(lively.school, lively.head, "person", person=lively.signer))

    for name in ("standings", "acknowledgements", "not_signed", "exemptions"):
        assert {row["person"] for row in table(data, name)} <= {lively.signer.name}, name
    assert len(table(data, "acknowledgements")) == 2
    assert "figures.csv" not in files(data)
    assert lively.idle.name.encode() not in b"".join(files(data).values())


def test_a_person_who_has_left_still_has_what_they_signed(lively: Lively) -> None:
    memberships.leave(
        lively.signer.memberships.get(), last_day=lively.school.today() - timedelta(days=1), by=None
    )

    data = content(made(lively.school, lively.head, "person", person=lively.signer))
    assert table(data, "standings") == []
    assert len(table(data, "acknowledgements")) == 2


def test_a_school_learns_nothing_of_what_somebody_signed_elsewhere(lively: Lively) -> None:
    elsewhere = make_school("Far School")
    make_member(lively.signer, elsewhere, Role.STAFF)
    sign(make_policy(elsewhere, title="Their own policy"), User.objects.get(pk=lively.signer.pk))

    for kind, more in (("school", {}), ("person", {"person": lively.signer})):
        data = content(made(lively.school, lively.head, kind, **more))
        everything = b"".join(files(data).values())
        assert b"Their own policy" not in everything
        assert b"Far School" not in everything


def test_a_trusts_pack_holds_every_school(lively: Lively) -> None:
    lead = lively.trust.memberships.get().person
    sister = make_school(trust=lively.trust)
    teacher = make_user(Role.STAFF, at=sister)

    data = content(made(lively.trust, lead))

    assert {row["school"] for row in table(data, "figures")} == {
        lively.trust.name, lively.school.name, sister.name,
    }  # fmt: skip
    assert teacher.name in {row["person"] for row in table(data, "not_signed")}


@pytest.mark.demand("D18")
def test_governors_get_figures_and_not_one_name(lively: Lively) -> None:
    governor = make_user(Role.GOVERNOR, at=lively.school, employment="governor")

    data = content(made(lively.school, governor, "governors"))

    assert not set(OF_PEOPLE) & set(json.loads(files(data)["evidence.json"])["tables"])
    everything = b"".join(files(data).values()).decode("utf-8", "replace")
    text = "".join(page.extract_text() for page in PdfReader(_pdf(data)).pages)
    for person in User.objects.all():
        assert person.name not in everything
        assert person.name not in text
    (row,) = [row for row in table(data, "figures") if row["policy_id"] == lively.agreed.pk]
    assert row["percent"] == 20
    assert "Science" in {row["department"] for row in table(data, "departments")}


def _pdf(data: bytes) -> Any:
    import io

    return io.BytesIO(files(data)["summary.pdf"])


def test_the_summary_reads_like_a_report_and_is_tagged(lively: Lively) -> None:
    reader = PdfReader(_pdf(content(made(lively.school, lively.head))))

    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    for words in (
        "Every policy of St Olave’s, Wapping", "The versions in force", "Cleo Chair",
        "Not signed", "Zoë Ångström-Smith", "Ewa Exempt", "On long leave",
    ):  # fmt: skip
        assert words in text, words
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"


def test_a_text_that_was_altered_in_the_database_is_told(lively: Lively) -> None:
    from trail import immutable

    with immutable.lifted():
        PolicyVersion.objects.filter(policy=lively.of_the_trust).update(body="Something else.")

    data = content(made(lively.school, lively.head))
    text = "".join(page.extract_text() for page in PdfReader(_pdf(data)).pages)
    assert "Not as it should be" in text
    assert "Online presence, version 1.0" in text


def test_the_manifest_lists_every_file_and_is_sealed(lively: Lively) -> None:
    pack = made(lively.school, lively.head)
    inside = files(content(pack))
    listed = json.loads(inside["manifest.json"])

    assert {one["path"] for one in listed["files"]} == set(inside) - {
        "manifest.json", "manifest.json.sha256",
    }  # fmt: skip
    for one in listed["files"]:
        body = inside[one["path"]]
        assert (len(body), hashlib.sha256(body).hexdigest()) == (one["bytes"], one["sha256"])
    assert pack.manifest_hash == hashlib.sha256(inside["manifest.json"]).hexdigest()
    assert listed["made_by"] == ["Head teacher"]
    assert lively.head.name not in inside["manifest.json"].decode()
    assert manifest.is_ours(inside["manifest.json"])


@pytest.mark.parametrize(
    "altered",
    [
        b"", b"{}", b"[]", b'{"seal": 5}', b'{"seal": "\\ud800"}', b"\xff", b"[" * 100_000,
        b'{"seal": "' + b"0" * 64 + b'"}', b'{"a": ' + b"9" * 5000 + b"}",
    ],
)  # fmt: skip
def test_what_is_no_manifest_of_ours_is_not_ours(altered: bytes) -> None:
    assert not manifest.is_ours(altered)


def test_a_manifest_with_one_value_changed_is_not_ours(lively: Lively) -> None:
    inside = files(content(made(lively.school, lively.head)))
    listed = json.loads(inside["manifest.json"])

    for key in listed:
        changed = dict(listed) | {key: "0" * 64}
        assert not manifest.is_ours(json.dumps(changed).encode()), key
    assert manifest.is_ours(json.dumps(listed).encode())

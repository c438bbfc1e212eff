"""Nobody changes a record unseen: whatever is done to a chain, the verifier names the place."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from people.models import Organisation
from tests.factories import make_person, make_school
from trail import audit, immutable
from trail.chain import Line, beginning, canonical, hash_of
from trail.models import AuditEvent, ChainHead
from trail.verify import Break, Chain, Head, check

LENGTH = 60
Tampered = tuple[list[Line], int]


@pytest.fixture
def school(db: None) -> Organisation:
    """A school with a record of sixty lines."""
    school, person = make_school(), make_person()
    with transaction.atomic():
        audit.record_many(
            audit.Entry("policy.publish", school, person if n % 3 else None, {"version": str(n)})
            for n in range(2, LENGTH + 1)
        )
    return school


def lines_of(school: Organisation) -> list[Line]:
    rows = AuditEvent.objects.filter(organisation=school).order_by("number")
    return [Line._make(row) for row in rows.values_list(*Line._fields)]


def head_of(school: Organisation) -> Head:
    return Head(*ChainHead.objects.values_list("number", "hash").get(organisation=school))


def edit(lines: list[Line], chance: Random) -> Tampered:
    place = chance.randrange(len(lines))
    line = lines[place]
    altered: dict[str, Any] = {
        "number": chance.choice([n for n in range(1, 99) if n != line.number]),
        "at": line.at + timedelta(microseconds=chance.choice([-1, 1, 10**9])),
        "actor_id": None if line.actor_id else 1,
        "verb": "policy.withdraw",
        "target_type": "people.user",
        "target_id": line.target_id + 1,
        "details": {**line.details, "version": "99"},
        "previous": chance.choice(lines).hash,
        "hash": chance.choice(lines).previous,
    }
    name = chance.choice(list(altered))
    lines[place] = line._replace(**{name: altered[name]})
    return lines, min(line.number, altered["number"]) if name == "number" else line.number


def delete(lines: list[Line], chance: Random) -> Tampered:
    gone = lines.pop(chance.randrange(len(lines)))
    if chance.random() < 0.5:  # and close the gap
        lines = [
            one._replace(number=one.number - 1) if one.number > gone.number else one
            for one in lines
        ]
    return lines, gone.number


def insert(lines: list[Line], chance: Random) -> Tampered:
    place = chance.randrange(len(lines) + 1)
    before = lines[place - 1].hash if place else beginning(lines[0].organisation_id)
    forged = chance.choice(lines)._replace(number=place + 1, previous=before)
    forged = forged._replace(hash=chance.choice([forged.hash, "0" * 64, hash_of(forged)[::-1]]))
    after = lines[place:]
    if chance.random() < 0.5:
        after = [one._replace(number=one.number + 1) for one in after]
    return [*lines[:place], forged, *after], place + 1


def swap(lines: list[Line], chance: Random) -> Tampered:
    first, second = sorted(chance.sample(range(len(lines)), 2))
    one, two = lines[first], lines[second]
    if chance.random() < 0.5:  # with their places in the chain, or only the numbers
        lines[first] = two._replace(number=one.number, previous=one.previous)
        lines[second] = one._replace(number=two.number, previous=two.previous)
    else:
        lines[first], lines[second] = (
            two._replace(number=one.number),
            one._replace(number=two.number),
        )
    return lines, first + 1


def truncate(lines: list[Line], chance: Random) -> Tampered:
    kept = chance.randrange(len(lines))
    return lines[:kept], kept + 1


def read(school: Organisation, lines: list[Line], head: Head | None, *noted: Head) -> Break | None:
    chain = Chain(school.pk, noted)
    chain.read(sorted(lines, key=lambda line: line.number), head)
    return chain.close(head)


def test_a_thousand_ways_to_change_one_line_are_all_found_at_the_right_line(
    school: Organisation,
) -> None:
    lines, head, chance = lines_of(school), head_of(school), Random(20261121)
    assert len(lines) == LENGTH
    assert read(school, lines, head) is None

    for _ in range(1000):
        tamper = chance.choice([edit, delete, insert, swap, truncate])
        tampered, place = tamper(list(lines), chance)
        if tampered == lines:
            continue  # the dice put back what was there
        found = read(school, tampered, head)
        assert found is not None, tamper
        assert found.number == place, (tamper, found)


def test_an_end_cut_off_together_with_its_head_row_is_found_by_an_earlier_head(
    school: Organisation,
) -> None:
    lines, noted = lines_of(school), head_of(school)
    for kept in range(1, LENGTH):
        shorter = lines[:kept]
        head = Head(kept, shorter[-1].hash)
        assert read(school, shorter, head) is None
        found = read(school, shorter, head, noted)
        assert found is not None
        assert (found.kind, found.number) == ("truncated", kept + 1)


def test_a_record_written_anew_with_the_key_is_found_by_an_earlier_head(
    school: Organisation,
) -> None:
    lines, noted = lines_of(school), head_of(school)
    anew, previous = [], beginning(school.pk)
    for line in lines:
        changed = line._replace(details={"version": "1"}, previous=previous)
        anew.append(changed._replace(hash=hash_of(changed)))
        previous = anew[-1].hash

    assert read(school, anew, Head(LENGTH, previous)) is None
    found = read(school, anew, Head(LENGTH, previous), noted)
    assert found is not None
    assert (found.kind, found.number) == ("rewritten", LENGTH)


def test_one_line_written_anew_with_the_key_is_found_at_the_line_after_it(
    school: Organisation,
) -> None:
    lines, head = lines_of(school), head_of(school)
    forged = lines[9]._replace(verb="policy.withdraw")
    lines[9] = forged._replace(hash=hash_of(forged))

    found = read(school, lines, head)

    assert found is not None
    assert (found.kind, found.number) == ("swapped", 11)


def test_another_key_does_not_write_this_record(school: Organisation, settings: Any) -> None:
    settings.TRAIL_KEY = "another"
    found = check(school.pk).found
    assert found is not None
    assert found.number == 1


def test_lines_written_while_we_read_are_no_break(school: Organisation) -> None:
    lines, head = lines_of(school), head_of(school)
    chain = Chain(school.pk)
    assert chain.read(lines, Head(50, lines[49].hash)) is None
    assert chain.close(head) is None


REAL = {
    "UPDATE trail_auditevent SET verb = 'policy.withdraw' WHERE number = 7": ("edited", 7),
    "UPDATE trail_auditevent SET actor_id = NULL WHERE number = 8": ("edited", 8),
    "UPDATE trail_auditevent SET details = '{}' WHERE number = 60": ("edited", 60),
    'UPDATE trail_auditevent SET details = \'{"version": "2"}\' WHERE number = 9': ("edited", 9),
    "UPDATE trail_auditevent SET details = '[]' WHERE number = 10": ("edited", 10),
    "UPDATE trail_auditevent SET at = '2020-01-01 00:00:00' WHERE number = 11": ("edited", 11),
    "UPDATE trail_auditevent SET target_id = 0 WHERE number = 12": ("edited", 12),
    "UPDATE trail_auditevent SET hash = 'x' WHERE number = 13": ("edited", 13),
    "UPDATE trail_auditevent SET hash = 'ë' WHERE number = 13": ("edited", 13),
    "UPDATE trail_auditevent SET previous = 'x' WHERE number = 14": ("edited", 14),
    "UPDATE trail_auditevent SET number = 99 WHERE number = 15": ("missing", 15),
    "UPDATE trail_auditevent SET number = 99 WHERE number = 60": ("missing", 60),
    "DELETE FROM trail_auditevent WHERE number = 1": ("missing", 1),
    "DELETE FROM trail_auditevent WHERE number = 16": ("missing", 16),
    "DELETE FROM trail_auditevent WHERE number = 60": ("truncated", 60),
    "DELETE FROM trail_auditevent WHERE number > 20": ("truncated", 21),
    "DELETE FROM trail_auditevent": ("truncated", 1),
    "DELETE FROM trail_chainhead": ("truncated", 61),
    "UPDATE trail_chainhead SET number = 59": ("inserted", 60),
    "UPDATE trail_chainhead SET number = 61": ("truncated", 61),
    "UPDATE trail_chainhead SET hash = 'x'": ("rewritten", 60),
    "UPDATE trail_auditevent SET at = 'soon' WHERE number = 17": ("edited", 17),
    "UPDATE trail_chainhead SET number = 'soon'": ("truncated", 61),
    "UPDATE trail_auditevent SET number = 'soon' WHERE number = 60": ("edited", 60),
}
FOR_POSTGRES = [sql for sql in REAL if "'soon'" not in sql]


@pytest.mark.parametrize("sql", REAL)
def test_a_change_in_the_database_itself_is_found(school: Organisation, sql: str) -> None:
    if connection.vendor == "postgresql" and sql not in FOR_POSTGRES:
        sql = FOR_POSTGRES[0]  # PostgreSQL keeps words out of its columns of numbers
    with immutable.lifted(), connection.cursor() as cursor:
        cursor.execute(sql)
        found = check(school.pk).found
    assert found is not None
    assert (found.kind, found.number) == REAL[sql]


def test_a_line_put_in_after_the_end_or_swapped_in_the_database_is_found(
    school: Organisation,
) -> None:
    columns = "organisation_id, at, actor_id, verb, target_type, target_id, details"
    with connection.cursor() as cursor:  # INSERT needs no trigger lifted
        cursor.execute(
            f"INSERT INTO trail_auditevent ({columns}, number, previous, hash) "
            f"SELECT {columns}, 61, hash, 'forged' FROM trail_auditevent WHERE number = 60"
        )
    found = check(school.pk).found
    assert found is not None
    assert (found.kind, found.number) == ("inserted", 61)

    with immutable.lifted(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM trail_auditevent WHERE number = 61")
        for old, new in ((20, 99), (30, 20), (99, 30)):
            cursor.execute(f"UPDATE trail_auditevent SET number = {new} WHERE number = {old}")
    found = check(school.pk).found
    assert found is not None
    assert (found.kind, found.number) == ("swapped", 20)


def verify(*arguments: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("verify_trail", *arguments, stdout=out, stderr=out)
    except CommandError as error:
        return error.returncode, out.getvalue() + str(error)
    return 0, out.getvalue()


def test_the_command_prints_heads_that_it_takes_back(school: Organisation) -> None:
    code, out = verify()
    assert code == 0
    assert f"{school.slug}: whole. --head {school.slug}={head_of(school)}" in out
    assert verify("--head", f"{school.slug}={head_of(school)}")[0] == 0
    assert verify("--school", school.slug, "--head", str(head_of(school)))[0] == 0


def test_the_command_names_the_first_bad_line_and_checks_the_other_records(
    school: Organisation,
) -> None:
    other = make_school()
    with immutable.lifted(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE trail_auditevent SET verb = 'a.b' WHERE number IN (5, 9) "
            f"AND organisation_id = {school.pk}"
        )
    code, out = verify()
    assert code == 1
    assert f"{school.slug}: line 5 edited." in out
    assert f"{other.slug}: whole." in out
    assert verify("--school", other.slug)[0] == 0


def test_the_json_report_can_be_given_back_later(school: Organisation, tmp_path: Path) -> None:
    code, out = verify("--json")
    report = json.loads(out)
    assert (code, report["whole"], report["unprotected"]) == (0, True, [])
    assert report["records"] == [
        {"organisation": school.slug, **head_of(school)._asdict(), "broken": None}
    ]
    noted = tmp_path / "heads.json"
    noted.write_text(out)
    with immutable.lifted(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM trail_auditevent WHERE number > 30")
        cursor.execute(
            "UPDATE trail_chainhead SET number = 30, "
            "hash = (SELECT hash FROM trail_auditevent WHERE number = 30)"
        )
    assert verify()[0] == 0
    code, out = verify("--against", str(noted), "--json")
    assert code == 1
    broken = json.loads(out.removesuffix("The record is broken."))["records"][0]["broken"]
    assert (broken["kind"], broken["number"]) == ("truncated", 31)


def test_an_organisation_that_was_noted_and_is_gone_is_a_break(school: Organisation) -> None:
    code, out = verify("--head", f"another={head_of(school)}")
    assert code == 1
    assert "another: the organisation and its whole record are gone." in out


@pytest.mark.parametrize(
    "arguments",
    [
        ("--school", "nowhere"),
        ("--head", "12"),
        ("--head", "12:" + "a" * 64),
        ("--head", "x=12:" + "A" * 64),
        ("--against", "/nowhere.json"),
    ],
)
@pytest.mark.django_db
def test_wrong_usage_has_an_exit_code_of_its_own(arguments: tuple[str, ...]) -> None:
    assert verify(*arguments)[0] == 2


def test_the_canonical_form_is_the_one_that_the_documentation_shows(settings: Any) -> None:
    """The worked example of docs/trail.md, worked again."""
    page = (settings.BASE_DIR / "docs" / "trail.md").read_text(encoding="utf-8")
    settings.TRAIL_KEY = "an example key"
    line = Line(
        organisation_id=7,
        number=1,
        at=datetime(2026, 9, 1, 8, 30, tzinfo=ZoneInfo("Europe/London")),
        actor_id=None,
        verb="organisation.found",
        target_type="people.organisation",
        target_id=7,
        details={"kind": "school"},
        previous=beginning(7),
        hash="",
    )
    assert canonical(line).decode() in page
    assert hash_of(line) in page

"""What is written about a case opens with that case's key, in that field, and no other."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from incidents import sealing
from incidents.models import Case, CaseKey, ChronologyEntry
from incidents.services import chronology, drafts, keys
from tests.incidents.factories import Cast, make_case
from web.crypto import CannotDecrypt
from web.errors import RuleBroken


@pytest.mark.once
@given(st.text(alphabet=st.characters(blacklist_categories=("Cs",)), max_size=200))
def test_a_text_opens_in_its_own_field_of_its_own_case_only(text: str) -> None:
    key = sealing.new_key()
    sealed = sealing.seal(key, text.encode(), reference="A", field="case.what")
    assert sealing.unseal(key, sealed, reference="A", field="case.what").decode() == text
    changed = sealed[:-1] + bytes([sealed[-1] ^ 1])
    for wrong, reference, field in [
        (sealed, "B", "case.what"), (sealed, "A", "case.done"), (changed, "A", "case.what"),
        (b"", "A", "case.what"),
    ]:  # fmt: skip
        with pytest.raises(CannotDecrypt):
            sealing.unseal(key, wrong, reference=reference, field=field)
    with pytest.raises(CannotDecrypt):
        sealing.unwrap(sealing.wrap(key, "A"), "B")


@pytest.mark.once
def test_control_characters_go_and_a_report_has_an_end() -> None:
    assert sealing.cleaned("a\0b\x1b[31m\r\nc\td") == "ab[31m\nc\td"
    with pytest.raises(RuleBroken, match="20,000"):
        sealing.cleaned("x" * 1_000_000)


def test_texts_moved_to_another_case_or_column_do_not_open(cast: Cast) -> None:
    one, two = make_case(cast, what="Canary"), make_case(cast, what="Another")
    Case.objects.filter(pk=two.pk).update(sealed_what=one.sealed_what, sealed_done=two.sealed_what)
    moved = Case.objects.readable().get(pk=two.pk)
    for name in ("what", "done"):
        with pytest.raises(CannotDecrypt):
            moved.text(name)
    with pytest.raises(KeyError):
        moved.text("reporter")
    # Nor do they with the key of the first case in the place of the second's.
    CaseKey.objects.filter(case=two).update(wrapped=one.key.wrapped)
    with pytest.raises(CannotDecrypt):
        Case.objects.readable().get(pk=two.pk).text("what")


def test_a_chronology_is_read_with_one_key_and_no_query_more(cast: Cast) -> None:
    case = make_case(cast)
    for number in range(4):
        chronology.add(case, by=cast.dsl, body=f"Entry {number}")
    found = Case.objects.readable().get(pk=case.pk)
    with CaptureQueriesContext(connection) as queries:
        texts = [entry.text("body") for entry in found.chronology.all()]
    assert texts == [f"Entry {number}" for number in range(4)]
    assert len(queries) == 1
    alone = ChronologyEntry.objects.select_related("case__key").first()
    assert alone.text("body") == "Entry 0"


def test_keys_are_wrapped_anew_twice_and_after_a_stop(cast: Cast, settings) -> None:
    cases = [make_case(cast, what=f"Text {number}") for number in range(3)]
    draft = drafts.save(cast.school, {"what": "Begun"}, by=cast.teacher)
    old = settings.FIELD_KEYS
    settings.FIELD_KEYS = ["a newer key", *old]
    assert keys.left() == 3
    # A batch was done and the machine stopped: the rest is found by what it says of itself.
    assert keys._batch(0, 1)[0] == 1
    said = StringIO()
    call_command("rotate_keys", batch=1, stdout=said)
    assert "3 wrapped" in said.getvalue()  # two keys and the draft
    call_command("rotate_keys", stdout=said)
    assert "0 wrapped" in said.getvalue()
    settings.FIELD_KEYS = ["a newer key"]
    for number, case in enumerate(cases):
        assert Case.objects.readable().get(pk=case.pk).text("what") == f"Text {number}"
    draft.refresh_from_db()
    assert drafts.answers_of(draft) == {"what": "Begun"}
    # A key that is gone is said, and nothing is lost: it comes back, and the case opens.
    settings.FIELD_KEYS = ["an unknown key"]
    with pytest.raises(SystemExit):
        call_command("rotate_keys", stdout=said)
    settings.FIELD_KEYS = ["an unknown key", "a newer key"]
    assert Case.objects.readable().get(pk=cases[0].pk).text("what") == "Text 0"

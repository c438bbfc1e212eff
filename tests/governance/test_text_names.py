"""The typed name must be the person's own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.text.names import normalise, same_name

pytestmark = pytest.mark.demand("D6")


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("zoe obrien-smith", "Zoë OBrien-Smith"),
        ("ZOE  O'BRIEN", "Zoë O’Brien"),
        ("O`Brien", "O'Brien"),
        ("O\u00b4Brien", "O'Brien"),
        ("O\u02bcBrien", "O'Brien"),
        ("Ann\u2011Marie Dove", "Ann-Marie Dove"),
        ("Ann - Marie Dove", "Ann-Marie Dove"),
        ("kwabena osei lyle", "Kwabena Osei-Lyle"),
        ("AnnMarie Dove", "Ann-Marie Dove"),
        (" Mary Ann  Dove\u00a0", "Maryann Dove"),
        ("Soren Ostergard", "Søren Østergård"),
        ("Lukasz Wrobel", "Łukasz Wróbel"),
        ("Nguyen Thi Dao", "Nguyễn Thị Đào"),
        ("Strasse", "Straße"),
        ("istanbul", "İstanbul"),
        ("Zoe\u0308", "Zoë"),
        ("\u200bZoë", "Zoë"),
        ("Ｚｏë", "Zoë"),
        ("Madonna", "madonna"),
        ("王小明", "王 小明"),
        ("Алёна", "Алена"),
        ("ΑΝΝΑ", "Άννα"),
        ("مُحَمَّد", "محمد"),
        ("a" * 150, "A" * 150),
    ],
)
def test_case_spacing_accents_and_kinds_of_signs_are_forgiven(typed: str, name: str) -> None:
    assert same_name(typed, name)
    assert same_name(name, typed)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("", "Zoë"),
        ("Zoë", ""),
        ("", ""),
        (" ", "\u200b"),
        ("-", "-"),
        ("Zoë Dove", "Zoë"),
        ("Z. Dove", "Zoë Dove"),
        ("Dove Zoë", "Zoë Dove"),
        ("Zoé Dive", "Zoë Dove"),
        ("がく", "かく"),
        ("राम", "रमा"),
        ("สมชาย", "สมชัย"),
        ("王小明", "王小名"),
    ],
)
def test_another_name_is_not(typed: str, name: str) -> None:
    assert not same_name(typed, name)


@given(st.text(max_size=150))
def test_everybody_can_sign_with_their_own_name(name: str) -> None:
    assert same_name(name, name) == any(sign.isalnum() for sign in normalise(name))
    assert normalise(normalise(name)) == normalise(name)

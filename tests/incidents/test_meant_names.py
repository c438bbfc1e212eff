"""Whom a reporter may have meant: one name too many delays nothing, one too few tells them."""

from __future__ import annotations

import pytest

from incidents.names import bearers

STAFF = ["Alex Smith", "Sam Jones", "Priya O’Dowd", "Zoe Brown"]


@pytest.mark.once
@pytest.mark.demand("F1")
@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("Mr Smith", {"Alex Smith"}),
        ("Smith, Alex", {"Alex Smith"}),
        ("Mr Smith and Miss Jones", {"Alex Smith", "Sam Jones"}),
        ("mr smith, miss jones", {"Alex Smith", "Sam Jones"}),
        ("Smith & Jones; Brown", {"Alex Smith", "Sam Jones", "Zoe Brown"}),
        ("mr smyth the pe teacher", {"Alex Smith"}),
        ("Ben Smith", {"Alex Smith"}),
        ("my form tutor mrs browne", {"Zoe Brown"}),
        ("Mr Green", set()),
        ("the head", set()),
        ("", set()),
    ],
)
def test_whoever_may_be_meant_is_found_in_what_people_write(given: str, meant: set[str]) -> None:
    assert bearers(given, STAFF) == meant

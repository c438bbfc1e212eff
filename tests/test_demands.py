"""`make demands` tells the truth about which demand has a test."""

from tests.demands import DEMANDS, listing, problems


def test_a_demand_without_a_test_is_named() -> None:
    said = listing({"D1": {"tests/a.py::test_one", "tests/b.py::test_two"}})
    assert "D1   tests/a.py::test_one\n     tests/b.py::test_two" in said
    assert f"1 of {len(DEMANDS)} demands" in said
    assert "Without one: D2, D3" in said


def test_an_id_that_the_design_does_not_know_is_an_error() -> None:
    assert problems({"D22": {"tests/a.py::test_one"}}, []) == [
        "No demand is called D22, which tests/a.py::test_one carries."
    ]
    assert problems({}, ["Z9"]) == ["No demand is called Z9."]


def test_a_required_demand_without_a_test_is_an_error() -> None:
    assert problems({"D1": {"t"}}, ["D1", "H11"]) == ["H11 is required and has no test."]

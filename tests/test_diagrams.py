"""The drawings of the state machines are those of the tables."""

from __future__ import annotations

import pytest

from accounts.rotation import State
from accounts.workflow import ACCOUNT
from governance.workflow import VERSION
from tests import diagrams

pytestmark = pytest.mark.once


def test_the_drawings_are_those_of_the_tables() -> None:
    _, drawn, _ = diagrams.parts(diagrams.PAGE.read_text(encoding="utf-8"))
    assert drawn == diagrams.drawing(), "Run python -m tests.diagrams and commit docs/workflows.md."


def test_every_workflow_is_found_by_itself_and_once() -> None:
    found = [one.workflow for one in diagrams.workflows()]
    assert len({id(one) for one in found}) == len(found)
    assert any(one is ACCOUNT for one in found)
    assert any(one is VERSION for one in found)
    assert len({one.title for one in diagrams.workflows()}) == len(found)


def test_the_drawing_of_a_password_knows_every_state_that_is_derived() -> None:
    drawn = {state for before, after, _ in diagrams.ROTATION for state in (before, after)}
    assert {str(state) for state in State} <= drawn

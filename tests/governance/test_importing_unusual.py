"""A PDF with much that other programs do: rows parted by lines alone, narrow passages, boxes."""

from __future__ import annotations

from pathlib import Path

import pytest
import typst

from governance.importing import read_policy

pytestmark = [pytest.mark.demand("D8"), pytest.mark.once]
SOURCE = Path(__file__).parent / "documents" / "unusual.typ"
TABLE = """| Role | Duty | Evidence |
| --- | --- | --- |
| Head | Tells staff, families and visitors about the policy at the start of each year and \
whenever it changes. | A letter to families and an entry in the staff bulletin. |
| Office | Keeps devices that were handed in. | The register. |
| Governors | Ask how often devices were handed in and whether the trend is going the right way. | \
Minutes of the committee. |
"""
LISTS = """1. Pupils keep devices switched off.
   1. In primary schools, devices are handed in at the door.
   2. In secondary schools, devices stay in the bag.
2. Staff keep devices out of sight.
   - unless they are on a trip
   - unless the head has agreed otherwise, which is written down in the register of exceptions \
that the office keeps
3. Visitors are told at the desk.
"""


def test_an_unusual_pdf_keeps_its_shape() -> None:
    made = typst.compile(SOURCE, format="pdf", ignore_system_fonts=True)
    assert isinstance(made, bytes)
    found = read_policy(made, "policy.pdf")
    assert found.title is not None
    assert found.organisation is not None
    assert found.title.value == "Mobile Devices Policy"
    assert found.organisation.value == "Ash Grove Learning Trust"
    headings = [line for line in found.markdown.splitlines() if line.startswith("#")]
    assert headings == [
        "## 1 Purpose", "### 1.1 Definitions", "## 2 What we expect", "## 3 Who does what",
        "## 4 Agreement",
    ]  # fmt: skip
    assert TABLE in found.markdown
    assert LISTS in found.markdown
    facts = found.metadata
    said = [guess.value for guess in (facts.version, facts.agreed_on, facts.review_on) if guess]
    assert said == ["1.4", "2026-06-03", "2028-06-01"]
    narrow = next(line for line in found.markdown.splitlines() if line.startswith("Families are"))
    assert narrow.endswith("will wait until the afternoon.")
    assert "Signed:" not in found.markdown

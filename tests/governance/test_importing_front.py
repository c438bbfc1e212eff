"""What stands on a policy's first page: which lines are details, and which stay in the text."""

from __future__ import annotations

import pytest

from governance.importing import ImportedPolicy, read_policy

pytestmark = pytest.mark.demand("D8")
TEXT = (
    "\n\nIntroduction\n\nOur school wants everybody to be safe online, at home and at school, and "
    "this text says what we do about it.\n"
)


def below_the_title(*lines: str, end: str = "") -> ImportedPolicy:
    top = "\n".join(("Online Safety Policy", "", *lines))
    return read_policy(f"{top}{TEXT}{end}".encode(), "policy.txt")


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("Version 2.1", "version", "2.1"),
        ("Version: 2", "version", "2"),
        ("Version No. 4.0", "version", "4.0"),
        ("v1.3", "version", "1.3"),
        ("Issue 3", "version", "3"),
        ("Version 1.0 / Approved", "version", "1.0"),
        ("Version 2 – March 2025", "agreed_on", "2025-03-01"),
        ("Version 3 | Approved 3 March 2025 | Review March 2026", "review_on", "2026-03-01"),
        ("Approved: 14 March 2025", "agreed_on", "2025-03-14"),
        ("Date approved | 14/03/2025", "agreed_on", "2025-03-14"),
        ("Approved by the Governing Body on 14 March 2025", "agreed_on", "2025-03-14"),
        ("Approved by the Governing Body on 14 March 2025", "committee", "Governing Body"),
        ("Ratified by: Trust Board, May 2025", "committee", "Trust Board"),
        ("Agreed by governors: Spring 2026", "agreed_on", "2026-01-01"),
        ("Review: Autumn Term 2027", "review_on", "2027-09-01"),
        ("Adopted September 2025", "agreed_on", "2025-09-01"),
        ("Next review: March 2027", "review_on", "2027-03-01"),
        ("Review date - 1.3.2027", "review_on", "2027-03-01"),
        ("Approved March 2025. Review March 2027", "", ""),
        ("Agreed: May 2025    Review: May 2026", "review_on", "2026-05-01"),
        ("Review cycle: annual", "review_months", "12"),
        ("Reviewed every: two years", "", ""),
        ("Frequency of review: every two years", "review_months", "24"),
        ("Policy lead: Assistant head teacher", "author", "Assistant head teacher"),
        ("Responsible committee: Standards", "committee", "Standards"),
    ],
)
def test_a_line_that_states_a_detail_leaves_the_text(line: str, field: str, value: str) -> None:
    found = below_the_title(line)
    if not field:
        assert line.split(".")[0] in found.markdown
        return
    guess = getattr(found.metadata, field)
    assert guess is not None
    assert (guess.value, guess.number) == (value, 3)
    assert found.markdown.startswith("## Introduction")
    assert [one.text for one in found.left_out] == [line.replace("    ", " ")]


@pytest.mark.parametrize(
    "line",
    [
        "This policy was approved by the governing body in March 2025 and covers all staff.",
        "Chair of governors: A. Name",
        "For all staff, governors and volunteers",
        "Version control is explained below",
        "Review of accounts",
        "Please send questions to the office",
        "Approved accounts are listed in the office",
        "Date of the next open evening: 3 May 2026",
    ],
)
def test_a_line_that_says_more_stays_in_the_text(line: str) -> None:
    found = below_the_title(line)
    assert line.rstrip(".") in found.markdown
    assert not found.left_out


def test_the_last_lines_count_too() -> None:
    found = below_the_title(end="\nApproved by: Full Governing Body\nReview date: 1 June 2027\n")
    assert found.metadata.review_on is not None
    assert found.metadata.review_on.value == "2027-06-01"
    assert "Review date" not in found.markdown
    assert len(found.left_out) == 2


def test_one_date_at_the_end_alone_stays() -> None:
    found = below_the_title(end="\nA note.\n\nUpdated: June 2025\n")
    assert "Updated: June 2025" in found.markdown


def test_a_row_of_labels_above_a_row_of_values_is_read_and_a_history_stays() -> None:
    one = below_the_title("Version | Date approved | Next review", "2.0 | 3 May 2025 | 3 May 2026")
    assert one.metadata.version is not None
    assert one.metadata.version.value == "2.0"
    assert one.markdown.startswith("## Introduction")
    history = below_the_title(
        "Version | Date | Author", "1.0 | May 2023 | SLT", "2.0 | May 2025 | SLT"
    )
    assert "| 1.0 | May 2023 | SLT |" in history.markdown


def test_a_date_in_the_text_does_not_beat_the_one_on_the_front_page() -> None:
    found = read_policy(
        b"Phones Policy\n\nReview date: 1 May 2024\nNext review: 1 May 2026\n\nIntroduction\n\n"
        b"The accounts will be reviewed by 3 June 2031, every one of them, by the whole team.\n",
        "policy.txt",
    )
    assert found.metadata.review_on is not None
    assert found.metadata.review_on.value == "2026-05-01"


def test_what_a_table_on_the_front_page_holds_besides_stays_as_lines() -> None:
    found = below_the_title("Version | 2.0", "Who it is for | All staff", "Next review | May 2027")
    assert found.metadata.version is not None
    assert "Who it is for" in found.markdown
    assert "All staff" in found.markdown
    assert "2.0" not in found.markdown

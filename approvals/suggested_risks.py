"""Risks to begin with, written for schools: adopted with one click, then made one's own (A5).

None of them counts by itself. What fits a school depends on who reads the account, who is seen on
it and whether strangers can write there, so each says of which accounts it is usual.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from accounts.models import SocialAccount
from accounts.platforms import PLATFORMS

if TYPE_CHECKING:
    from approvals.models import BusinessCase


def _any(_case: BusinessCase) -> bool:
    return True


def _open(case: BusinessCase) -> bool:
    return case.access == SocialAccount.Access.OPEN


def _closed(case: BusinessCase) -> bool:
    return case.access == SocialAccount.Access.CLOSED


def _pupils_read(case: BusinessCase) -> bool:
    return bool(case.faces_pupils)


def _pupils_seen(case: BusinessCase) -> bool:
    return bool(case.shows_pupils)


def _shared_password(case: BusinessCase) -> bool:
    """Platforms on which everybody signs in with the one password of the account."""
    return case.platform in PLATFORMS and not PLATFORMS[case.platform].has_roles


def _video(case: BusinessCase) -> bool:
    return case.platform in ("youtube", "tiktok", "instagram")


def _for_children(case: BusinessCase) -> bool:
    return _pupils_read(case) and case.platform != "other"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A usual risk, with numbers to begin with. `usual_for`: of which accounts."""

    key: str
    what: str
    mitigation: str
    before: tuple[int, int]  # how likely, how bad
    after: tuple[int, int]
    usual_for: Callable[[BusinessCase], bool] = _any

    def details(self) -> dict[str, Any]:
        """As fields of a risk."""
        return {
            "what": self.what,
            "mitigation": self.mitigation,
            "likelihood": self.before[0],
            "impact": self.before[1],
            "likelihood_after": self.after[0],
            "impact_after": self.after[1],
        }


SUGGESTIONS = (
    Suggestion(
        "picture-without-consent",
        "A pupil is shown or named whose family has not agreed",
        "Two people look at each picture against the list of permissions before it is posted. "
        "First names only, and never a name beside a face.",
        (3, 4),
        (1, 4),
        _pupils_seen,
    ),
    Suggestion(
        "found-by-somebody",
        "Somebody who must not find a pupil learns where they are",
        "No live posts from trips or events, no places, no uniforms with a name. The safeguarding "
        "lead says whose pictures are never used.",
        (2, 5),
        (1, 5),
        _pupils_seen,
    ),
    Suggestion(
        "picture-misused",
        "A picture is copied and used to mock a pupil or to deceive",
        "Small pictures of groups rather than portraits. Whoever sees a misuse knows whom to tell "
        "and how to report it to the platform.",
        (3, 4),
        (2, 3),
        _pupils_seen,
    ),
    Suggestion(
        "hurtful-comments",
        "Hurtful or unsuitable comments below a post",
        "Comments are looked at before they are shown, or switched off. A list of blocked words. "
        "A named person looks each school day.",
        (4, 3),
        (2, 2),
        _open,
    ),
    Suggestion(
        "strangers-write",
        "Strangers write to pupils by way of the account",
        "Messages from strangers are switched off, followers are looked through every month, and "
        "pupils are taught whom to tell.",
        (3, 5),
        (2, 4),
        _pupils_read,
    ),
    Suggestion(
        "private-messages",
        "Pupils and staff write to each other in private",
        "Private messages are switched off. Where the platform cannot, two runners see them all "
        "and answer only that a question belongs to the school office.",
        (3, 4),
        (1, 4),
        _pupils_read,
    ),
    Suggestion(
        "too-young",
        "Children follow it who are too young for the platform",
        "Posts are for families. What pupils should see is also on the school’s website. "
        "Assemblies say from which age the platform may be used.",
        (4, 3),
        (3, 2),
        _for_children,
    ),
    Suggestion(
        "beside-our-posts",
        "The platform shows unsuitable films or advertisements beside ours",
        "Films are shown on the school’s own pages too. In lessons they are opened from there, "
        "without suggestions or automatic playing.",
        (4, 3),
        (2, 2),
        _video,
    ),
    Suggestion(
        "let-in-by-mistake",
        "Somebody is let into the closed group who does not belong there",
        "Each request is compared with the school’s list of families. Members are looked through "
        "at the end of each term.",
        (3, 3),
        (2, 2),
        _closed,
    ),
    Suggestion(
        "password-known",
        "The password becomes known, or is still known to somebody who left",
        "Two-factor sign-in, the password in the school’s vault only, a new one every term and "
        "within a day after somebody leaves.",
        (3, 4),
        (1, 4),
        _shared_password,
    ),
    Suggestion(
        "taken-over",
        "Somebody takes the account over and posts in the school’s name",
        "Two-factor sign-in, recovery by the school’s own address, and a plan for the first hour: "
        "who suspends it, who tells families.",
        (2, 4),
        (1, 3),
    ),
    Suggestion(
        "wrong-account",
        "A runner posts something private by mistake",
        "Posts only from devices of the school, never from one’s own phone, and somebody else "
        "reads a post before it goes out.",
        (3, 3),
        (2, 2),
    ),
    Suggestion(
        "nobody-looks",
        "Nobody looks after it in the holidays or while a runner is ill",
        "Two runners at least, and a plan for each holiday: who looks, or from when to when "
        "comments are switched off.",
        (4, 3),
        (2, 2),
    ),
    Suggestion(
        "rights-of-others",
        "Music, pictures or texts are used that belong to somebody else",
        "Only what the school made itself or has a licence for. Each post names its source.",
        (3, 2),
        (1, 2),
    ),
)
BY_KEY = {one.key: one for one in SUGGESTIONS}


def suggested(case: BusinessCase, listed: set[str]) -> list[Suggestion]:
    """What is usual for such an account and not among the risks `listed` already, by its words."""
    return [one for one in SUGGESTIONS if one.usual_for(case) and one.what not in listed]

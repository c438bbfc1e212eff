"""What is kept of concerns and cases, until when and why: as data, for the page and its test.

The rules of single fields are `incidents/retention.py`; this is what a safeguarding lead and a data
protection officer read. The duties are in plain words: the school's own schedule wins.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from people.models import Organisation


@dataclass(frozen=True, slots=True)
class Kept:
    """One kind of thing. `by`: who or what lets it go. `whence`: where the duty comes from."""

    what: str
    until: str
    why: str
    whence: str
    by: str
    by_itself: bool = False


YEARS = "incidents.kept_years"
REQUESTS = "incidents.requests_kept_years"
TWO = "Two people: one proposes, another carries it out"
SAFEGUARDING = (
    "Statutory safeguarding guidance: concerns, decisions and reasons are kept in writing"
)
CASE_TIME = "{years} years after the case ended"
SCHEDULE = (
    Kept("A case: what was reported, found, decided and done, with names, messages and files",
         CASE_TIME, "A child or a member of staff may need it years later; shows why it was so "
         "decided", SAFEGUARDING, TWO),
    Kept("A case about a member of staff",
         CASE_TIME + ". Allegations of harm to a child often have to be kept longer: place a legal "
         "hold until then", "References, inquiries, claims",
         "Statutory guidance on allegations against staff names its own time", TWO),
    Kept("A low-level concern", CASE_TIME, "Shows a pattern that no single concern does",
         "Your code of conduct says for how long; not longer than it is needed", TWO),
    Kept("A case under legal hold", "The hold is lifted, whatever its age",
         "A court, an inquiry or a claim asks for it", "The order or the claim",
         "Nobody, as long as the hold stands"),
    Kept("A case or a message that nobody has read to its end", "Somebody has read it",
         "What nobody has read, nobody has decided on", "The school’s duty to act on reports",
         "Nobody until then"),
    Kept("A file that could be an indecent picture of a child", "The police have said what happens",
         "Evidence; to look, copy or delete can be an offence", "Guidance on sharing nudes",
         "Two people; never by itself"),
    Kept("That there was a case: kind, dates, how it ended, who handled it and who looked",
         "The school leaves the portal", "Shows that the school acted, and who opened what",
         "Accountability under data protection law",
         "Names of staff go six years after they leave"),
    Kept("A report that was begun and not sent", "30 days after it was last changed",
         "It survives signing out", "Nobody was told: nothing longer is needed", "The portal",
         by_itself=True),
    Kept("Notices and mail that somebody is needed", "One year and ninety days",
         "Shows that clocks were kept. They say nothing of a case", "The school’s own rules",
         "Whoever runs the portal"),
    Kept("A request of somebody for their data: what was decided, and a list of what was given",
         "{requests} years after it ended; a legal hold on one of its cases keeps it longer",
         "Shows what was given, what was not and why, should somebody complain",
         "Accountability under data protection law", "The portal", by_itself=True),
    Kept("Figures of a term", "The school leaves the portal",
         "Governors answer for safeguarding over years",
         "Reporting to the governing board. They tell of nobody", "Nobody has to"),
)  # fmt: skip


def schedule(school: Organisation) -> list[Kept]:
    """The schedule, with the school's own time in it."""
    years, requests = school.setting(YEARS), school.setting(REQUESTS)
    times = {"years": years, "requests": requests}
    return [replace(one, until=one.until.format(**times)) for one in SCHEDULE]

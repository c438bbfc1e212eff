"""The kinds of report: what to do first, who is told, how soon somebody looks, what follows.

A school may change route, clock and playbook (`incidents.Route`, `incidents.PlaybookItem`); this
is what holds where it has not.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models

from incidents.circles import Circle, Guest


class Level(models.TextChoices):
    GREEN = "green", "Green"
    AMBER = "amber", "Amber"
    RED = "red", "Red"


class Kind(models.TextChoices):
    PERSONAL_CONTACT = "personal_contact", "A pupil or parent contacted me on a personal account"
    INAPPROPRIATE_CONTACT = "inappropriate_contact", "Inappropriate contact with a child"
    CYBERBULLYING = "cyberbullying", "Bullying of a pupil online"
    STAFF_ABUSE = "staff_abuse", "Abuse of a member of staff online"
    MEDIA = "media", "A journalist is asking"
    OFFENSIVE_COMMENTS = "offensive_comments", "Offensive comments on a school account"
    IMAGES = "images", "Pictures shared without consent"
    DATA_BREACH = "data_breach", "Personal data in the wrong hands"
    IMPERSONATION = "impersonation", "A false account, or somebody pretending to be us"
    COMPROMISED = "compromised", "An account or device is not safe"
    GROOMING = "grooming", "Grooming, exploitation or stalking"
    EXTREMISM = "extremism", "Extremism or radicalisation"
    HARM = "harm", "Encouraging violence or self-harm"
    STAFF_CONDUCT = "staff_conduct", "Conduct of a member of staff"
    OTHER = "other", "Something else"


class Body(models.TextChoices):
    """Outside bodies that a case may be referred to."""

    POLICE = "police", "Police"
    LADO = "lado", "Local authority designated officer (LADO)"
    SOCIAL_CARE = "social_care", "Children’s social care"
    IWF = "iwf", "Internet Watch Foundation"
    PREVENT = "prevent", "Prevent or Channel"
    ICO = "ico", "Information Commissioner’s Office"
    OTHER = "other", "Somebody else"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: a sentence, and by when. `code` stays when the sentence changes."""

    code: str
    text: str
    hours: int = 24


@dataclass(frozen=True, slots=True)
class About:
    """What the portal knows of a kind of report."""

    guidance: str
    first: tuple[Circle, ...]
    also: tuple[Circle, ...] = ()
    guests: tuple[Guest, ...] = ()
    clock: Level = Level.AMBER
    playbook: tuple[Step, ...] = ()
    referrals: tuple[Body, ...] = ()
    child: bool = False  # a child is concerned, whatever the form says


S, H = Circle.SAFEGUARDING, Circle.HEAD
KEEP = Step(
    "evidence", "Keep screenshots with the address, the name of the account, the date and the time."
)
PARENTS = Step("parents", "Speak with the parents of each child, unless that adds to the risk.")
CHILD_SAFE = Step("safe", "Find out where the child is now, and that they are safe.", 1)
ASK_REMOVAL = Step("remove", "Ask for it to be removed.")
SUPPORT = Step("support", "Offer support and counselling to whoever this was done to.")
HOST = Step("host", "Report it to the platform, and note the number of the report.")

KINDS: dict[Kind, About] = {
    Kind.PERSONAL_CONTACT: About(
        "Do not answer, and do not block them yet. Take a screenshot. We will tell you what to "
        "say.",
        first=(S,), also=(H,), guests=(Guest.LINE_MANAGER,),
        playbook=(
            KEEP,
            Step("settings", "Look through the privacy settings of the personal account together."),
            Step("answer", "Agree what is said to the pupil or the family, and who says it.", 48),
        ),
    ),
    Kind.INAPPROPRIATE_CONTACT: About(
        "If a child is in danger now, ring 999. Do not question the child. Write down what you saw "
        "and heard, in their words.",
        first=(S,), also=(H,), clock=Level.RED, child=True,
        referrals=(Body.LADO, Body.SOCIAL_CARE, Body.POLICE),
        playbook=(
            CHILD_SAFE, KEEP, PARENTS,
            Step("who", "Find out which other children know this person."),
        ),
    ),
    Kind.CYBERBULLYING: About(
        "Keep what you have seen. Do not pass it on, and do not answer in public.",
        first=(S,), also=(H,), child=True, referrals=(Body.POLICE,),
        playbook=(
            CHILD_SAFE, KEEP, ASK_REMOVAL, PARENTS,
            Step("behaviour", "Decide what the behaviour policy asks for.", 72),
            Step("again", "Ask the child a fortnight later whether it has stopped.", 336),
        ),
    ),
    Kind.STAFF_ABUSE: About(
        "Do not answer and do not delete. Keep screenshots. You can have somebody with you at "
        "every step.",
        first=(H,), also=(Circle.SLT,), guests=(Guest.LINE_MANAGER,), referrals=(Body.POLICE,),
        playbook=(
            KEEP, HOST, SUPPORT,
            Step("consent", "Ask whether they agree to the police being told."),
            Step("poster", "Ask whoever wrote it to remove it, and invite them in to talk.", 48),
            Step("complaints", "Send whoever is unhappy the complaints procedure.", 48),
        ),
    ),
    Kind.MEDIA: About(
        "Say that somebody will ring back, and nothing else. Write down who asked, for whom, and "
        "until when.",
        first=(H,), also=(Circle.TRUST_LEAD,), clock=Level.RED,
        playbook=(
            Step("head", "The head decides who answers, before anybody answers.", 1),
            Step(
                "naming",
                "Check what may not be published: a teacher accused by a pupil is not to be named "
                "(Education Act 2002, section 141F).", 1,
            ),
            Step("staff", "Tell staff to pass on enquiries and not to answer them.", 4),
        ),
    ),
    Kind.OFFENSIVE_COMMENTS: About(
        "Take a screenshot first, then hide the comment. Do not argue under it.",
        first=(H,), also=(Circle.SLT,), guests=(Guest.LINE_MANAGER,),
        playbook=(
            KEEP,
            Step("hide", "Hide the comment, and tell the audience why.", 4),
            HOST,
            Step("block", "Decide whether the person is blocked."),
        ),
    ),
    Kind.IMAGES: About(
        "If it could be a nude or sexual picture of somebody under 18: do not look at it, copy it, "
        "print it or send it. Say where the device is.",
        first=(S,), also=(H,), clock=Level.RED, child=True,
        referrals=(Body.POLICE, Body.SOCIAL_CARE, Body.IWF),
        playbook=(
            CHILD_SAFE,
            Step("device", "Secure the device without looking at the picture.", 1),
            Step("report_remove", "Help the child to have the picture taken down (Report Remove)."),
            ASK_REMOVAL, PARENTS, SUPPORT,
        ),
    ),
    Kind.DATA_BREACH: About(
        "Do not try to put it right alone. Note what data, whose, and who has it. Every hour "
        "counts.",
        first=(Circle.DPO, H), also=(Circle.IT,), referrals=(Body.ICO,),
        playbook=(
            Step("contain", "Stop it from going further: call back, lock, take down.", 4),
            Step("what", "Write down what data, of how many people, and who has it."),
            Step("risk", "Assess the risk to the people concerned.", 24),
            Step("tell", "Decide whether the people concerned are told.", 48),
        ),
    ),
    Kind.IMPERSONATION: About(
        "Do not follow or message the account. Keep its address and screenshots of its profile.",
        first=(H,), also=(Circle.SLT, Circle.IT), guests=(Guest.LINE_MANAGER,),
        playbook=(
            KEEP, HOST, SUPPORT,
            Step("warn", "Warn families and pupils that the account is not ours."),
        ),
    ),
    Kind.COMPROMISED: About(
        "Tell IT now, before you write this. Do not sign in again to look. Never write a password "
        "here.",
        first=(Circle.IT,), also=(Circle.SLT,), guests=(Guest.RUNNERS,), clock=Level.RED,
        playbook=(
            Step("lock", "Suspend the account, or end every session.", 1),
            Step("password", "Change the password from a device that is safe.", 4),
            Step("posts", "Look through what was posted and sent meanwhile."),
            Step("data", "Decide whether personal data were seen: then it is a data breach too."),
        ),
    ),
    Kind.GROOMING: About(
        "If a child is in danger now, ring 999. Do not warn the person. Keep the device and the "
        "messages as they are.",
        first=(S,), also=(H,), clock=Level.RED, child=True,
        referrals=(Body.POLICE, Body.SOCIAL_CARE),
        playbook=(CHILD_SAFE, KEEP, PARENTS, SUPPORT),
    ),
    Kind.EXTREMISM: About(
        "If somebody is in danger now, ring 999. Do not share the material. Note where it is.",
        first=(S,), also=(H,), clock=Level.RED, child=True, referrals=(Body.PREVENT, Body.POLICE),
        playbook=(CHILD_SAFE, KEEP, PARENTS, SUPPORT),
    ),
    Kind.HARM: About(
        "If somebody may hurt themselves or others now, ring 999. Stay with them.",
        first=(S,), also=(H,), clock=Level.RED, child=True,
        referrals=(Body.SOCIAL_CARE, Body.POLICE),
        playbook=(CHILD_SAFE, KEEP, ASK_REMOVAL, PARENTS, SUPPORT),
    ),
    Kind.STAFF_CONDUCT: About(
        "Tell nobody else about it, and do not speak to the person. Write what you saw, not what "
        "you think it means.",
        first=(H,), referrals=(Body.LADO,),
        playbook=(
            Step("lado", "Decide within one working day whether the LADO is told.", 24),
            Step("investigator", "Name a senior leader who looks into it.", 48),
            Step("person", "Agree with the LADO when and how the person is told.", 48),
            SUPPORT,
        ),
    ),
    Kind.OTHER: About(
        "Write it down as it happened. We will find whose it is.",
        first=(S,), also=(H,),
        playbook=(KEEP,),
    ),
}  # fmt: skip

# What a case may end with, for each kind of person it is about (I20).
OUTCOMES: dict[str, tuple[tuple[str, str], ...]] = {
    "pupil": (
        ("none", "No further action"),
        ("advice", "Words of advice"),
        ("parents_told", "Parents told"),
        ("privileges", "Privileges suspended"),
        ("detention", "Detention"),
        ("behaviour", "Behaviour policy"),
        ("police", "With the police"),
    ),
    "staff": (
        ("none", "No further action"),
        ("advice", "Words of advice"),
        ("privileges", "Access to accounts taken away"),
        ("disciplinary", "Disciplinary procedure"),
        ("dismissal", "Dismissal"),
        ("police", "With the police"),
        ("legal", "Legal action"),
    ),
    "parent": (
        ("none", "No further action"),
        ("advice", "Spoken with"),
        ("complaint", "Complaints procedure"),
        ("privileges", "Blocked from an account"),
        ("police", "With the police"),
        ("legal", "Legal action"),
    ),
    "other": (
        ("none", "No further action"),
        ("removed", "Removed by the platform"),
        ("corrected", "Put right"),
        ("police", "With the police"),
        ("legal", "Legal action"),
    ),
}
OUTCOME_WORDS = {code: words for pairs in OUTCOMES.values() for code, words in pairs}

# The four factors of seriousness (I8), and what each level of them means.
FACTORS: dict[str, tuple[str, dict[str, str]]] = {
    "nature": (
        "What it is",
        {"green": "Unkind or careless", "amber": "Hurtful or personal", "red": "Threatening, "
         "sexual, hateful or against the law"},
    ),
    "visible": (
        "How long it could be seen",
        {"green": "Gone within the hour", "amber": "For a day or so",
         "red": "It can still be seen"},
    ),
    "spread": (
        "How far it may spread",
        {"green": "A few people saw it", "amber": "It was passed on within the school",
         "red": "Outside the school, or it cannot be called back"},
    ),
    "impact": (
        "What it does to people",
        {"green": "They are not troubled", "amber": "Somebody is upset or anxious",
         "red": "Somebody is at risk, or cannot come to school or work"},
    ),
}  # fmt: skip


def suggested(factors: dict[str, str]) -> Level:
    """The level that four factors suggest; a person decides.

    One red factor about what it is or what it does is enough: harm to a child is not averaged away.
    """
    levels = [factors[name] for name in FACTORS]
    if "red" in (factors["nature"], factors["impact"]) or levels.count("red") > 1:
        return Level.RED
    if "red" in levels or levels.count("amber") > 1:
        return Level.AMBER
    return Level.GREEN

"""Three policies of different manners."""

from __future__ import annotations

from functools import cache

from tests.governance.documents.model import Policy, parse

TIDY = """
Our school uses social media to share what children learn and to bring families together. This
policy says how we do that with care.

# Why we have this policy

We want every post to be kind, accurate and safe. A picture that is shared once cannot be called
back, so we think before we share.

-0 Children are never put at risk by what we post.
-0 Families know what we share and can say no.
-0 Staff know what is expected of them at work and at home.

# Who it is for

The policy covers everyone who works or helps at the school.

-0 Teachers and support staff
-1 on permanent contracts
-1 on supply or agency contracts
-0 Governors and volunteers
-0 Parents who look after an account for a class or a club

# Opening an account

## Before you ask

Talk to your head of department first. Most ideas can be shared through an account that we have
already.

10 Write down what the account is for.
10 Name two members of staff who will look after it.
10 Say how you will tell people about it.

## How we decide

The senior leadership team reads each request within ten school days. An account is opened only
when both members of staff have been trained.

# Who does what

| Role | What they do | How often |
| Head teacher | Agrees new accounts and closes old ones | When needed |
| Account holder | Posts, answers and keeps the password safe | Each week |
| Safeguarding lead | Looks at concerns about a child | The same day |
| Office | Keeps the list of accounts up to date | Each term |

# What we post

## Pictures

-0 Check the consent list before you take a picture.
-0 Use first names only, and never a name beside a face.
-0 Choose pictures of groups and of work rather than of one child.

## Words

Write as "we" and keep to your subject. Read it aloud before you post it.

# When something goes wrong

10 Take a picture of the screen.
10 Tell the safeguarding lead at once if a child is involved.
10 Do not answer in anger; somebody else may answer for you.
-1 The head teacher answers questions from newspapers.
-1 The office answers questions about dates and times.

# Personal accounts

What you do in your own time is your own affair until it touches the school. Do not accept
pupils as friends, and keep your settings private.
"""

RAGGED = """
# INTRODUCTION

This policy was written after a long talk with staff, pupils and parents about phones and social
media. It takes the place of the older guidance for clubs.

# AIMS

The school aims to:

-0 help pupils to use social media safely and with respect
-0 protect staff from unkind comments
-0 make clear what may be shared and what may not

# RESPONSIBILITIES

## Governors

Governors read a short report on social media every term and ask questions about it.

## Head teacher and senior leaders

-0 make sure that the policy is known and kept
-0 decide about new accounts
-1 within ten school days
-1 in writing, with reasons
-0 keep a record of complaints

## All staff

Staff who run an account agree to:

-0 change the password each term
-0 use a school device with a lock
-0 keep work and private life apart

# USING SCHOOL ACCOUNTS

## Getting ready

10 Ask the office for the form.
10 Fill it in with a colleague.
10 Hand it to your line manager.

## What to share

| Day | What we share | Who posts |
| Monday | News of the week and the lunch menu | Office |
| Wednesday | Work from classes | Class teachers |
| Friday | Sport, music and thanks | PE and music staff |

## What never to share

-0 the full name of a child
-0 a home address or a bus route
-0 anything that was said in a meeting about a family

# COMPLAINTS

A complaint about a post goes to the head teacher, who answers within five school days. If the
complaint is about the head teacher, it goes to the chair of governors.

# TRAINING

New staff are shown how we use social media before they post for the first time. Training is
repeated every year in September.
"""

SENTENCES = (
    "The trust expects every account to be looked after by two people who have been trained.",
    "A post that names a pupil is removed as soon as somebody notices it.",
    "Where the rules of a network differ from ours, the stricter rule counts.",
    "Local governing bodies look at the list of accounts once a term and ask for changes.",
    "Nobody is asked to use a private telephone for the work of the school.",
    "Records of decisions are kept for six years after an account has been closed.",
    "A school may add local rules in an appendix, provided that they take nothing away from these.",
    "Anyone who is worried about a post can talk to any member of the leadership team.",
)
AREAS = (
    ("Purpose and scope", ("Why this policy exists", "Whom it covers", "What it does not cover")),
    ("Roles and duties", ("The trust board", "Head teachers", "Account holders")),
    ("Running an account", ("Passwords and devices", "Posting", "Comments and replies")),
    ("Keeping children safe", ("Pictures and film", "Names and details", "Online contact")),
    ("When things go wrong", ("Reporting", "Looking into it", "Learning from it")),
    ("Staff and their own accounts", ("Settings", "Friends and followers", "Leaving the trust")),
)


def _long_text() -> str:
    """Thirty pages or so, put together from the sentences above."""
    lines: list[str] = []
    turn = 0

    def sentence() -> str:
        nonlocal turn
        turn += 1
        return SENTENCES[turn % len(SENTENCES)]

    for number, (area, topics) in enumerate(AREAS):
        lines += [f"# {area}", "", f"{sentence()} {sentence()}", ""]
        for topic in topics:
            lines += [f"## {topic}", "", f"{sentence()} {sentence()} {sentence()}", ""]
            lines += [
                f"-0 In {topic.lower()}, {sentence().lower()}",
                f"a1 first, {sentence().lower()}",
                f"i2 in writing: {sentence().lower()}",
                f"i2 in a meeting: {sentence().lower()}",
                f"a1 then, {sentence().lower()}",
                f"-0 For {area.lower()}, {sentence().lower()}",
                "",
                f"### {topic} in practice",
                "",
                f"{sentence()} {sentence()}",
                "",
                f"10 Read the part on {topic.lower()}.",
                f"10 Ask when something about {topic.lower()} is not clear.",
                "-1 the office during the day",
                "-1 the duty leader at other times",
                "10 Write down what was agreed.",
                "",
            ]
        lines += _table(number, sentence)
    return "\n".join(lines)


def _table(number: int, sentence) -> list[str]:  # type: ignore[no-untyped-def]
    """A small one with merged cells, or one of many rows that goes over a page."""
    if number % 2:
        rows = [f"| {i}. step | {sentence()} | {SENTENCES[i % 5]} |" for i in range(1, 26)]
        return ["| Step | What happens | What is kept |", *rows, ""]
    return [
        "| Group | What they may do | < |",
        "| ^ | School accounts | Own accounts |",
        "| Staff | Post after training | No pupils as friends |",
        "| ^ | Answer comments politely | Private settings |",
        f"| Volunteers | {sentence()} | < |",
        "| Pupils | Only with a teacher | At home with their families |",
        "",
    ]


@cache
def tidy() -> Policy:
    """Written in Word with its styles."""
    return Policy(
        title="Social Media Policy",
        school="Larch Lane Primary School",
        facts={
            "Version": "3.1",
            "Date agreed": "12 March 2026",
            "Review date": "12 March 2027",
            "Author": "Deputy head teacher",
            "Responsible committee": "Standards Committee",
        },
        blocks=parse(TIDY),
        at_the_end=False,
    )


@cache
def ragged() -> Policy:
    """Written over the years by several hands: no styles, bullets typed, a contents list."""
    return Policy(
        title="SOCIAL MEDIA AND MOBILE PHONE POLICY",
        school="Bramble Hill Academy",
        facts={
            "Policy owner": "Assistant head teacher",
            "Approved by": "Full Governing Body",
            "Date approved": "September 2025",
            "Next review": "September 2026",
            "Version": "2.0",
        },
        blocks=parse(RAGGED),
        contents=True,
        running="Bramble Hill Academy - Social Media and Mobile Phone Policy",
    )


@cache
def long() -> Policy:
    """A trust's: numbered to three depths, lists in lists, tables over pages, merged cells."""
    return Policy(
        title="Social Media and Online Conduct Policy",
        school="Three Rivers Learning Trust",
        facts={
            "Version": "4.2",
            "Approved by": "Trust Board",
            "Date of approval": "4 July 2026",
            "Next review date": "July 2027",
            "Policy lead": "Director of Education",
        },
        blocks=parse(_long_text(), numbered=True),
        numbered=True,
        contents=True,
        running="Three Rivers Learning Trust | Online Conduct Policy | Version 4.2",
    )


ALL = {"tidy": tidy, "ragged": ragged, "long": long}

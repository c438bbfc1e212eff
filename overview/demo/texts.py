"""The demo trust's policies, written for it."""

SOCIAL_MEDIA_1 = """## Why we have this policy

Our schools use social media to celebrate what children do and to keep families in the
picture. Done well, it brings people together. Done carelessly, it can hurt a child, a colleague
or the trust.

## Who it is for

Everyone who works or volunteers with us, governors and trustees, and parents who run an account
for a school.

## Our accounts

- Every account has a purpose, an audience and at least two named people who run it.
- The senior leadership team agrees to an account before it is opened.
- Passwords are changed each term and are kept in the school's vault, nowhere else.

## What we post

1. We ask before we share a picture of anybody.
2. We never put a child's name beside their picture.
3. We check facts, and we say where other people's work comes from.

## Your own accounts

Keep your private life private. Do not follow pupils, and do not accept requests from them.
If what you write could be read as the school's view, say that it is your own.

## When something goes wrong

Tell the designated safeguarding lead at once if a child may be at risk. Take a picture of the
screen where that is safe and lawful, and write down when you saw it.
"""

SOCIAL_MEDIA_1_1 = SOCIAL_MEDIA_1.replace(
    "are kept in the school's vault, nowhere else.", "are kept only in the school's password vault."
)

SOCIAL_MEDIA_2 = SOCIAL_MEDIA_1_1.replace(
    "## Your own accounts\n",
    """## Messages from pupils and families

Reply from a school account only, and only about school matters. If a pupil or a parent writes to
you on your own account, do not reply there. Report it in the portal the same day.

## Your own accounts
""",
).replace(
    "3. We check facts, and we say where other people's work comes from.",
    """3. We check facts, and we say where other people's work comes from.
4. We label pictures and words that were made with artificial intelligence.""",
)

ACCEPTABLE_USE = """## What this agreement covers

The computers, tablets, phones, networks and online services that the school gives you, and your
own devices when you use them for school work.

## I will

- lock my screen when I leave it
- keep pupils' information on school systems
- use my school address for school business
- report a lost device to IT within the hour

## I will not

- share my password, or use somebody else's
- put pupils' pictures on a device of my own
- use school systems to harass, to mislead or to break the law

## What the school does

| What is looked at | By whom | When |
| --- | --- | --- |
| Web filtering alerts | Designated safeguarding lead | As they come in |
| Sign-ins from unusual places | IT | Every week |
| Shared folders open to everyone | IT and the office | Every term |

The school looks at what it needs to keep children safe, and no further.
"""

PHOTOGRAPHS = """## Before you take a picture

Check the consent list for today. A class list from last term does not count.

## While you take it

- Use a school camera or a school phone.
- Picture groups and activities rather than a single child.
- Nobody is photographed while changing, swimming or being treated for an injury.

## After you have taken it

Move pictures to the shared folder on the same day and delete them from the device. Choose with a
colleague which to share. In a caption we use first names only, and never with a picture of a
single child.

## If a parent changes their mind

Take the picture down within one school day, tell the office, and note it on the consent list.
"""

LOCAL_RULES = """## Who posts

The office posts for the whole school, and each class teacher for their own class. Everything else
goes through the deputy head.

## Photographs

- We take them with the school's cameras and tablets, never with a telephone of our own.
- The list of children who may not be shown hangs in the staffroom and is renewed each half term.
- Pictures are deleted from a device by Friday of the same week.
"""

TRIPS = """## Before we leave

- Parents know which account will show the trip, and may say no for their child.
- One member of staff on the trip posts. Everybody else sends them pictures.

## While we are away

1. We post when we have left a place, not while we are there.
2. We show groups and what they do, never where they sleep.
3. Anything that went wrong is told to parents first, by telephone.
"""

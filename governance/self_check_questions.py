"""What the self-check of personal accounts asks, and what to do where the answer is no (P12).

A changed word of a question makes a new edition: schools may ask everybody again for each. Where
settings are found is told in general words, because apps move them about.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

EDITION = 1
EDITION_FROM = date(2026, 11, 21)


@dataclass(frozen=True)
class Question:
    """`text` is asked so that "yes" is good news; `todo` is for those who cannot say so yet."""

    key: str
    text: str
    why: str
    todo: str
    hints: tuple[tuple[str, str], ...] = ()


QUESTIONS = (
    Question(
        key="privacy",
        text="Is each of your accounts as private as its settings allow?",
        why="Pupils and parents look their teachers up. Settings change without being asked.",
        todo="Go through the privacy settings of each account and choose the narrowest audience "
        "you can live with. Look again once a year.",
        hints=(
            ("Facebook", "Settings, privacy: future posts for friends, and limit past posts. "
             "Friends list: only you."),
            ("Instagram", "Settings, account privacy: private account. Story replies: people you "
             "follow."),
            ("TikTok", "Settings, privacy: private account. Do not suggest your account to "
             "contacts."),
            ("X", "Settings, privacy and safety: protect your posts."),
            ("Snapchat", "Settings, privacy: contact me and see my story for friends. Ghost mode "
             "on the map."),
            ("WhatsApp", "Settings, privacy: photo, last seen and groups for your contacts only."),
            ("YouTube", "Settings, privacy: keep playlists and subscriptions private."),
            ("LinkedIn", "Settings, visibility: see your profile as the public does."),
        ),
    ),
    Question(
        key="contacts",
        text="Are your friends and followers free of pupils, former pupils, and parents you know "
        "only through school?",
        why="A friendly word in a private chat can be read quite differently by somebody else.",
        todo="Remove or block them; they are not told. If one of them is family or an old friend, "
        "tell your line manager, so that it is known.",
        hints=(
            ("Everywhere", "Look at followers and group chats too, not at friends only."),
            ("Games", "Look at the friends list of your games console."),
        ),
    ),
    Question(
        key="own_views",
        text="Does your profile say that your views are your own, wherever you write about "
        "schools or education?",
        why="What a teacher writes is easily taken for what the school thinks.",
        todo="Add a line such as “My own views” to the profile. It is no licence: what would "
        "harm the school does so with that line as well.",
    ),
    Question(
        key="school_not_named",
        text="Is the school absent from your profile: no name, no badge, no lanyard, no building?",
        why="With the school's name you are found in seconds, and speak for it without meaning to.",
        todo="Take the school's name out of your profile and change pictures that show where you "
        "work.",
        hints=(
            ("LinkedIn", "A work history is its purpose: keep it to role and place of work, and "
             "write nothing there about pupils or parents."),
        ),
    ),
    Question(
        key="old_posts",
        text="Have you looked through your old posts, comments and likes, and taken down what you "
        "would not say today?",
        why="Old words are found, copied and read without what was around them.",
        todo="Go back to the beginning, in small portions. Most apps have a log of your own "
        "activity. Delete unused accounts altogether.",
    ),
    Question(
        key="tags",
        text="Do others have to ask you before a picture or a tag of you shows on your profile?",
        why="What friends post of an evening out is seen by whoever sees your profile.",
        todo="Switch on the review of tags, switch off the recognition of faces, and ask friends "
        "to leave you out of public pictures.",
        hints=(
            ("Facebook", "Settings, profile and tagging: review posts before they appear."),
            ("Instagram", "Settings, tags and mentions: approve tags by hand."),
        ),
    ),
    Question(
        key="password",
        text="Does each account have a strong password of its own, and a second step at sign-in?",
        why="A stolen account writes to everybody in your name.",
        todo="Let a password manager make a password for each account, and switch on the second "
        "step in its security settings. Never use the password you have at school.",
    ),
    Question(
        key="looked_up",
        text="Have you looked yourself up lately, signed out, as a pupil would?",
        why="That is the picture others have of you.",
        todo="Search for your name, with the town and the school beside it, in a private window. "
        "Ask for what should not be there to be removed.",
    ),
)  # fmt: skip

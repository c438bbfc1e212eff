"""A school's guidance for pupils and parents: what is shown now, and the words to begin with."""

from __future__ import annotations

from django.db.models import OuterRef, Subquery

from governance.models import GuidanceEdition, GuidanceShowing
from people.models import Organisation

STARTING_TEXT = """\
We want every child here to enjoy what is good about being online, and to know what to do when
something is not. This page is for pupils and for the people who look after them.

## For pupils

- **Be kind.** Write what you would say to somebody's face. If a chat turns unkind, leave it.
- **Ask first.** Ask before you post or pass on a picture of somebody else. No means no.
- **Keep things to yourself.** Your address, your school, your passwords and where you are just now
  are nobody else's business.
- **People are not always who they say they are.** Never meet somebody you only know online without
  an adult you trust.
- **You can always tell somebody.** You will not be in trouble for asking for help, whatever you
  have done or seen. Do not delete it: show it to an adult you trust.

## For parents and carers

- Talk about it often and in small portions. Ask what they enjoy, before you ask what they do.
- Agree on times and places without screens, and keep to them yourself.
- Most apps have an age they are meant for. Look at it together, and set the privacy settings
  together.
- Please ask before you post pictures of other people's children from our events.
- If you are unhappy with something at school, come to us before you write about it online. We will
  listen.

## When something goes wrong

1. Stay calm, and thank your child for telling you.
2. Keep a note or a picture of what you saw. Do not pass on pictures of undressed children, not
   even to us: tell us that they exist.
3. Block and report the account in the app.
4. Tell the school. If a child is in danger now, ring 999.

Children can ring Childline on 0800 1111, free, at any hour. Sexual contact with a child online can
be reported to the police through CEOP, at [ceop.police.uk](https://www.ceop.police.uk).

## How the school uses social media

We ask before we show a child, and we never put a child's full name beside their picture. We do not
answer private messages from pupils, and our staff do not accept them as friends. Our policies say
more.
"""


def shown_by(organisation: Organisation) -> GuidanceEdition | None:
    """The edition that this very trust or school shows now. One query."""
    last = GuidanceShowing.objects.filter(organisation=organisation).select_related("edition")
    showing = last.first()
    return showing.edition if showing else None


def shown_at(place: Organisation) -> GuidanceEdition | None:
    """What everybody sees at a school: its own guidance, or else that of its trust. One query."""
    places = [pk for pk in (place.pk, place.parent_id) if pk is not None]
    latest = GuidanceShowing.objects.filter(organisation=OuterRef("organisation")).order_by("-pk")
    found = (
        GuidanceEdition.objects.filter(organisation__in=places)
        .filter(
            pk=Subquery(latest.values("edition")[:1]),
        )
        .select_related("organisation")
    )
    return min(found, key=lambda edition: edition.organisation_id != place.pk, default=None)

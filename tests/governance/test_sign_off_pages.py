"""The pages of a sign-off: what is new, whose turn it is, who signed what (P2)."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from governance import printing, public, signing_off
from governance.models import Policy, PolicyVersion
from governance.services import drafts, publishing, sign_off
from people.models import Organisation, User
from people.roles import Role
from people.services.membership import leave
from tests.factories import make_user
from tests.governance.factories import make_draft, make_head, make_in_sign_off, make_policy

pytestmark = pytest.mark.django_db
TEXT = "## Pictures\n\nAsk before you post.\n\n## Names\n\nNever name a child.\n"


def at(name: str, *args: Any) -> str:
    return reverse(f"governance:{name}", args=args)


def said(response: HttpResponse) -> str:
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(unescape(text).split())


@pytest.fixture
def head(school: Organisation) -> User:
    return make_head(school)


@pytest.fixture
def chair(school: Organisation) -> User:
    return make_user(Role.CHAIR, at=school, name="Chris Chair")


@pytest.fixture
def version(school: Organisation, head: User) -> PolicyVersion:
    return make_in_sign_off(school, by=head, body=TEXT)


def reworked(version: PolicyVersion, by: User, body: str, **more: Any) -> PolicyVersion:
    words = {"title": version.title, "number": version.number, "body": body}
    return drafts.edit_text(version, edition=version.edition, by=by, **words, **more)


# What is new


def test_whoever_signed_sees_what_is_new_since_the_text_they_signed(
    version: PolicyVersion, head: User, chair: User
) -> None:
    sign_off.sign(version, by=chair, displayed=version.content_hash)
    for body in ("Ask before you post. Twice.", "Ask before you post. Thrice."):
        version = sign_off.take_back(version, by=head)
        version = sign_off.send(reworked(version, head, body), by=head)

    theirs = signing_off.new_since(version, chair)
    others = signing_off.new_since(version, make_user(Role.DSL, at=version.organisation))

    assert theirs is not None
    assert "that was signed" in theirs.words
    assert theirs.earlier.body == TEXT
    assert others is not None
    assert "last sent" in others.words
    assert others.earlier.body == "Ask before you post. Twice.\n"


def test_a_text_sent_again_is_shown_with_its_changes(
    client: Client, version: PolicyVersion, head: User, chair: User
) -> None:
    client.force_login(chair)
    assert "What is new" not in said(client.get(at("sign_off", version.pk)))
    version = sign_off.send_back(version, by=chair, note="Be stricter.")
    version = reworked(version, head, TEXT.replace("Never", "Never ever"))
    version = drafts.set_audience(version, [{"role": Role.STAFF}], by=head)
    sign_off.send(version, by=head)

    page = client.get(at("sign_off", version.pk))

    assert "What is new since it was last sent" in said(page)
    assert "1 passage changed." in said(page)
    assert "Whom it is for has changed, too." in said(page)
    assert "<ins" in page.content.decode()


# Whose turn it is


def test_whoever_is_out_of_turn_is_told_before_they_try(
    client: Client, school: Organisation, head: User, chair: User
) -> None:
    version = make_draft(school, by=head)
    drafts.set_signatories(version.policy, [Role.DSL, Role.CHAIR], by=head, in_order=True)
    version = sign_off.send(version, by=head)
    client.force_login(chair)
    page = client.get(at("sign_off", version.pk))

    assert "Chair of governors signs after the designated safeguarding lead." in said(page)
    assert "I agree to this text" not in said(page)
    assert "One after the other" in said(page)
    shown = {"displayed": version.content_hash, "audience": version.audience_hash}
    assert "not your turn yet" in said(client.post(at("sign_off", version.pk), shown, follow=True))
    assert not version.sign_offs.exists()


def test_a_signatory_signs_what_the_page_showed(
    client: Client, version: PolicyVersion, chair: User
) -> None:
    client.force_login(chair)
    page = client.get(at("sign_off", version.pk)).content.decode()
    shown = dict(re.findall(r'name="(displayed|audience)" value="([0-9a-f]{64})"', page))
    assert shown.keys() == {"displayed", "audience"}

    assert "Your signature is on record" in said(
        client.post(at("sign_off", version.pk), shown, follow=True)
    )
    assert "already signed" in said(client.get(at("sign_off", version.pk)))


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({"roles": ["dsl", "chair"], "order": "turns"}, {"place_dsl", "place_chair"}),
        (
            {"roles": ["dsl", "chair"], "order": "turns", "place_dsl": 1, "place_chair": 1},
            {"place_chair"},
        ),
        ({"roles": ["dsl"], "order": "turns", "place_dsl": 9}, {"place_dsl"}),
        ({"roles": ["trust_lead"]}, {"roles"}),
        ({"roles": ["dsl"], "order": "sideways"}, {"order"}),
    ],
)
def test_the_order_of_signatories_is_complete(
    client: Client, school: Organisation, head: User, typed: dict[str, Any], problem: set[str]
) -> None:
    policy = make_draft(school, by=head).policy
    client.force_login(head)

    response = client.post(at("signatories", policy.pk), typed)

    assert set(response.context["form"].errors) & problem
    assert not policy.signatories.exists()


def test_the_order_is_kept_as_it_was_chosen(
    client: Client, school: Organisation, head: User
) -> None:
    policy = make_draft(school, by=head).policy
    client.force_login(head)
    typed = {"roles": ["head", "chair", "dsl"], "order": "turns"}
    places = {"place_head": 2, "place_chair": 3, "place_dsl": 1, "place_dpo": 4}

    client.post(at("signatories", policy.pk), typed | places)

    policy.refresh_from_db()
    assert policy.sign_off_in_order
    assert [row.role for row in policy.signatories.all()] == ["dsl", "head", "chair"]
    assert client.get(at("signatories", policy.pk)).context["form"]["place_chair"].value() == 3


def test_taking_a_signatory_away_is_shown_where_it_is_published_and_ever_after(
    client: Client, version: PolicyVersion, head: User
) -> None:
    version = sign_off.take_back(version, by=head)
    client.force_login(head)
    asked = client.post(at("signatories", version.policy_id), {"roles": [], "order": "any"})
    assert "Say why somebody no longer signs" in said(asked)

    reason = {"roles": [], "order": "any", "reason": "The chair is away."}
    client.post(at("signatories", version.policy_id), reason)

    deputy = make_user(Role.SLT, at=version.organisation)
    client.force_login(deputy)
    for page in (at("publish", version.pk), at("policy", version.policy_id)):
        assert "Chair of governors no longer signs: The chair is away." in said(client.get(page))
    client.post(at("publish", version.pk), {"review_due_on": "2031-02-28"})
    trail = said(client.get(at("version_trail", version.pk)))
    assert "Chair of governors no longer signs this policy off" in trail
    assert "The chair is away." in trail


# Who signed what


def test_the_trail_tells_who_signed_which_text_and_what_is_void(
    client: Client, version: PolicyVersion, head: User, chair: User
) -> None:
    first = version.content_hash
    sign_off.sign(version, by=chair, displayed=first)
    version = sign_off.take_back(version, by=head)
    version = sign_off.send(reworked(version, head, "Other words."), by=head)
    sign_off.sign(version, by=chair, displayed=version.content_hash)
    client.force_login(head)

    events = signing_off.trail_of(version)
    page = said(client.get(at("version_trail", version.pk)))

    signed = [event for event in events if event.what.startswith("Signed off")]
    assert [(one.fingerprint, one.void) for one in signed] == [
        (first, True),
        (version.content_hash, False),
    ]
    assert "Void: something changed after it" in page
    assert first[:12] in page
    assert page.count("Chris Chair") == 2


def test_readers_see_capacities_and_days_and_no_names(
    client: Client, school: Organisation, version: PolicyVersion, head: User, chair: User
) -> None:
    sign_off.sign(version, by=chair, displayed=version.content_hash)
    publishing.publish(version, by=head, change="material")
    client.force_login(make_user(Role.STAFF, at=school))
    page = said(client.get(at("version", version.pk)))
    assert "Signed off by Chair of governors" in page
    assert "Chris Chair" not in page
    assert client.get(at("version_trail", version.pk)).status_code == 403

    client.force_login(head)
    assert "Chris Chair" in said(client.get(at("version", version.pk)))


def test_whoever_signed_again_for_another_audience_is_named_once(
    version: PolicyVersion, head: User, chair: User
) -> None:
    sign_off.sign(version, by=chair, displayed=version.content_hash)
    draft = drafts.set_audience(sign_off.take_back(version, by=head), [{"role": "staff"}], by=head)
    version = sign_off.send(draft, by=head)
    sign_off.sign(version, by=chair, displayed=version.content_hash)
    publishing.publish(version, by=head, change="material")

    assert [row.role for row in signing_off.agreed(version)] == ["chair"]
    assert [one.capacity for one in public._signed_off([version.pk])[version.pk]] == [
        "Chair of governors"
    ]
    assert len(printing._signed_off([version])[version.pk]) == 1


# New policies


def test_a_second_click_on_the_button_begins_no_second_policy(
    client: Client, school: Organisation, head: User
) -> None:
    client.force_login(head)
    form = client.get(at("new", school.slug)).context["form"]
    typed = {
        "form_key": form["form_key"].value(),
        "title": "Phones",
        "kind": "policy",
        "number": "1.0",
        "body": "Words.",
    }

    first, second = (client.post(at("new", school.slug), typed) for _ in range(2))
    assert first.url == second.url
    assert Policy.objects.count() == 1

    # Back in the browser, and another policy typed into the same form.
    client.post(at("new", school.slug), typed | {"title": "Trips"})
    assert set(Policy.objects.values_list("title", flat=True)) == {"Phones", "Trips"}


def test_the_same_key_of_somebody_else_is_another_form(school: Organisation, head: User) -> None:
    key = uuid4()
    for person in (head, make_head(school)):
        drafts.start_policy(school, by=person, title="Phones", body="Words.", form_key=key)

    assert Policy.objects.count() == 2


def test_a_policy_in_force_shows_no_place_to_comment(client: Client, school: Organisation) -> None:
    head = make_head(school)
    policy = make_policy(school, by=head)
    client.force_login(head)

    page = client.get(at("sign_off", policy.current_id)).content.decode()

    assert 'name="text"' not in page
    assert "not waiting for sign-off" in page


def test_each_turn_names_who_is_asked_or_that_nobody_is(
    client: Client, version: PolicyVersion, head: User, chair: User
) -> None:
    client.force_login(head)
    policy = at("policy", version.policy_id)
    assert "Chair of governors Asked to sign now Chris Chair" in said(client.get(policy))

    leave(
        chair.memberships.get(), last_day=version.organisation.today() - timedelta(days=1), by=head
    )

    assert "Nobody has this role now." in said(client.get(policy))
    assert "Nobody has this role now." in said(client.get(at("sign_off", version.pk)))

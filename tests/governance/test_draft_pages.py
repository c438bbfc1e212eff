"""The pages of a draft when they are out of date, pressed twice or filled in wrongly."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from governance.audience import in_words
from governance.models import AudienceRule, PolicyVersion
from governance.services import commenting, drafts, sign_off
from governance.texts import reading_time
from people.models import Organisation, User
from people.roles import Role
from tests.factories import make_school
from tests.governance.factories import make_draft, make_head, make_in_sign_off, make_policy

pytestmark = pytest.mark.django_db


def at(name: str, *args: Any) -> str:
    return reverse(f"governance:{name}", args=args)


@pytest.fixture
def head(school: Organisation, client: Client) -> User:
    """The head, signed in."""
    person = make_head(school)
    client.force_login(person)
    return person


def told(client: Client, method: str, name: str, version: PolicyVersion) -> str:
    """What the policy's page says, where a page that is out of date leads."""
    response = getattr(client, method)(at(name, version.pk))
    assert response.headers["Location"] == at("policy", version.policy_id), name
    page = client.get(response.headers["Location"])
    return " ".join(str(message) for message in page.context["messages"])


# Out of date, or twice


def test_no_form_is_offered_that_could_not_be_sent(
    client: Client, school: Organisation, head: User
) -> None:
    waiting = make_in_sign_off(school, by=head)
    published = make_policy(school, by=head).current
    assert published is not None

    for name in ("edit", "audience", "discard"):
        assert "Take it back to draft to change it." in told(client, "get", name, waiting)
        assert "A published version cannot be changed." in told(client, "get", name, published)
    from_file = client.get(at("import_version", waiting.policy_id), follow=True).content.decode()
    assert "Take it back to draft to change it." in from_file
    asked = client.get(at("signatories", waiting.policy_id), follow=True).content.decode()
    assert "To change who signs off, take the text back to draft first." in asked
    assert at("signatories", waiting.policy_id) not in asked
    for name in ("publish", "send_back", "signed_elsewhere"):
        assert "it is published" in told(client, "get", name, published)


def test_pressing_twice_says_where_the_text_is_now(
    client: Client, school: Organisation, head: User
) -> None:
    waiting = make_in_sign_off(school, by=head)
    published = make_policy(school, by=head).current
    assert published is not None

    assert "moved on meanwhile: it waits for sign-off." in told(client, "post", "send", waiting)
    assert "moved on meanwhile: it is published." in told(client, "post", "publish", published)
    sign_off.take_back(waiting, by=head)
    assert "moved on meanwhile: it is a draft." in told(client, "post", "take_back", waiting)
    page = client.post(at("sign_off", published.pk), {"displayed": published.content_hash})
    assert page.status_code == 403  # the head is not asked to sign this one


def test_what_others_saved_is_named_with_its_title(
    client: Client, school: Organisation, head: User
) -> None:
    draft = make_draft(school, by=head, title="Trips")
    mine = {"edition": draft.edition, "title": "Trips", "number": "1.0", "body": "Mine."}
    drafts.edit_text(
        draft, edition=draft.edition, by=head, title="Visits", number="1.1", body="Theirs."
    )

    page = client.post(at("edit", draft.pk), mine).content.decode()

    assert "The saved title is “Visits”." in page
    assert "The saved number is 1.1." in page


# Filled in wrongly


def test_a_wrong_date_is_named_beside_its_box(
    client: Client, school: Organisation, head: User
) -> None:
    draft = make_draft(school, by=head)
    tomorrow = school.today() + timedelta(days=1)

    publishing = client.post(
        at("publish", draft.pk), {"agreed_on": tomorrow, "review_due_on": school.today()}
    )
    policy = make_policy(school, by=head)
    reviewed = client.post(at("reviewed", policy.pk), {"next_due_on": school.today()})
    waiting = make_in_sign_off(school, by=head)
    elsewhere = client.post(
        at("signed_elsewhere", waiting.pk),
        {"role": "chair", "name": "Chris", "signed_on": tomorrow},
    )

    assert set(publishing.context["form"].errors) == {"agreed_on", "review_due_on"}
    assert set(reviewed.context["form"].errors) == {"next_due_on"}
    assert set(elsewhere.context["form"].errors) == {"signed_on"}


def test_a_review_is_not_planned_for_another_age(
    client: Client, school: Organisation, head: User
) -> None:
    policy = make_policy(school, by=head)

    page = client.post(at("reviewed", policy.pk), {"next_due_on": "2207-01-09"})
    details = client.post(at("details", policy.pk), {"review_due_on": "31/02/2027"})

    assert "Check the year." in page.content.decode()
    assert "Give a real date, such as" in details.content.decode()


def test_a_pasted_text_is_never_cut_off_in_silence(
    client: Client, school: Organisation, head: User
) -> None:
    form = client.get(at("new", school.slug)).context["form"]
    typed = {"title": "Long", "kind": "policy", "number": "1.0", "body": "a" * 500_001}

    page = client.post(at("new", school.slug), typed)

    assert "maxlength" not in str(form["body"])
    assert page.context["form"].errors["body"] == [
        "This text has 500,001 letters; a policy may have 500,000 at most. "
        "Split it into several policies."
    ]


def test_an_answer_that_is_too_long_is_not_thrown_away(
    client: Client, school: Organisation, head: User
) -> None:
    draft = make_draft(school, by=head)
    comment = commenting.comment(draft, by=head, text="Why?")

    page = client.post(at("comment_done", comment.pk), {"answer": "a" * 501}, follow=True)

    assert "This answer is too long" in page.content.decode()
    assert draft.comments.waiting().count() == 1


def test_nobody_and_somebody_cannot_both_be_asked(
    client: Client, school: Organisation, head: User
) -> None:
    draft = make_draft(school, by=head)

    page = client.post(at("audience", draft.pk), {"nobody": "on", "roles": ["head"]})

    assert page.context["form"].errors["nobody"] == [
        "Tick this, or the groups below, and not both."
    ]
    assert draft.audience.count() == 1


def test_a_refused_import_shows_the_words_as_they_were_corrected(
    client: Client, school: Organisation, head: User
) -> None:
    upload = SimpleUploadedFile("phones.txt", b"Phones\n\nPhones stay in the bag all day long.\n")
    preview = client.post(at("import", school.slug), {"file": upload}).headers["Location"]

    page = client.post(preview, {"title": "", "body": "Phones stay **in the locker**."})

    assert page.status_code == 422
    assert "Phones stay <strong>in the locker</strong>." in page.content.decode()


def test_the_file_that_a_draft_was_made_of_can_be_opened_beside_it(
    client: Client, school: Organisation, head: User
) -> None:
    upload = SimpleUploadedFile("phones.txt", b"Phones\n\nPhones stay in the bag all day long.\n")
    preview = client.post(at("import", school.slug), {"file": upload}).headers["Location"]
    typed = {"title": "Phones", "number": "1.0", "review_months": "12", "body": "In the bag."}
    policy = client.post(preview, typed).headers["Location"]
    version = PolicyVersion.objects.get()
    file = reverse("files:download", args=[version.source_file_id])

    for address in (policy, at("version_trail", version.pk)):
        assert file in client.get(address).content.decode()
    assert client.get(file).status_code == 200


# Whom it is for, in words


def rules(*rows: tuple[str, str, Organisation | None]) -> list[AudienceRule]:
    return [AudienceRule(role=role, employment=how, organisation=at) for role, how, at in rows]


@pytest.mark.once
def test_whom_it_is_for_is_one_phrase_however_many_ticks_there_are(school: Organisation) -> None:
    places = [school, *(make_school(name=f"School {n}") for n in range(7))]
    everywhere = [(role, how, at) for role in Role for how in ("agency", "volunteer")
                  for at in places]  # fmt: skip

    assert in_words([]) == ""
    assert in_words(rules(("", "", None))) == "Everyone"
    assert in_words(rules(("", "agency", None))) == "Everyone (agency or supply)"
    assert in_words(rules(("head", "", None), ("it", "", None))) == "Head teacher or IT"
    assert in_words(rules(*[("staff", how, places[1]) for how in ("employed", "agency")])) == (
        "Staff (employed or agency or supply) at School 0"
    )
    assert in_words(rules(*everywhere)).endswith("School 3 and 3 more")
    # Rules that no form makes are named one by one.
    mixed = rules(("head", "", None), ("", "agency", None))
    assert in_words(mixed) == "Head teacher; Everyone (agency or supply)"


def test_the_page_of_a_draft_says_it_in_one_phrase(
    client: Client, school: Organisation, head: User
) -> None:
    draft = make_in_sign_off(school, by=head)
    draft = sign_off.take_back(draft, by=head)
    ticked = {"roles": ["staff", "head"], "employment": ["agency"]}
    saved = client.post(at("audience", draft.pk), ticked, follow=True).content.decode()
    assert "Saved. It is for 0 people today." in saved

    for name, pk in (("policy", draft.policy_id), ("sign_off", draft.pk)):
        page = unescape(client.get(at(name, pk)).content.decode())
        assert "Staff or head teacher (agency or supply)" in page


@pytest.mark.once
@pytest.mark.parametrize(
    ("minutes", "said"), [(1, "1 minute"), (89, "89 minutes"), (90, "2 hours"), (318, "5 hours")]
)
def test_how_long_a_text_takes_is_said_in_hours_when_it_takes_hours(
    minutes: int, said: str
) -> None:
    assert reading_time(minutes) == said

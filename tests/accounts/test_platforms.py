"""One account, however its address is written; and what is no account."""

from __future__ import annotations

import pytest

from accounts.platforms import PLATFORMS, read_address
from web.errors import RuleBroken

pytestmark = pytest.mark.once

SAME = {
    "facebook:hillschool": [
        "facebook.com/HillSchool",
        "https://www.facebook.com/hill.school/",
        "https://m.facebook.com/hillschool?ref=bookmarks&fbclid=abc",
        "https://en-gb.facebook.com/HillSchool/posts/1234",
        "http://fb.com/HILLSCHOOL",
        "https://www.facebook.com/pg/hillschool/about",
    ],
    "facebook:100064700000001": [
        "https://www.facebook.com/profile.php?id=100064700000001",
        "https://facebook.com/people/Hill-School/100064700000001/",
        "https://www.facebook.com/pages/Hill-School/100064700000001",
        "https://www.facebook.com/p/Hill-School-100064700000001/",
    ],
    # What begins like another page of the platform.
    "facebook:videoclub": ["facebook.com/video.club", "facebook.com/VideoClub/photos/1"],
    "facebook:sharehill": ["https://www.facebook.com/share.hill/"],
    "instagram:direct.hill": ["https://www.instagram.com/direct.hill/"],
    "facebook:group:hillparents": ["https://www.facebook.com/groups/HillParents/?ref=share"],
    "instagram:hill_school": [
        "https://www.instagram.com/hill_school/",
        "instagram.com/Hill_School?igsh=abc&utm_source=qr",
        "https://instagr.am/hill_school/tagged/",
    ],
    "x:hillschool": [
        "twitter.com/HillSchool",
        "https://x.com/hillschool/?s=1",
        "https://mobile.twitter.com/HillSchool/status/1234567",
        "  <https://X.com/@HillSchool> ",
        "https://x.com:443/HillSchool#m",
    ],
    "youtube:hillschool": [
        "https://www.youtube.com/@HillSchool/videos",
        "m.youtube.com/@hillschool",
    ],
    "youtube:channel:UCabcdefghijklmnopqrstuv": [
        "https://www.youtube.com/channel/UCabcdefghijklmnopqrstuv/featured"
    ],
    "tiktok:hill.school": [
        "https://www.tiktok.com/@Hill.School?lang=en",
        "tiktok.com/@hill.school/",
    ],
    "linkedin:hill-school": [
        "https://www.linkedin.com/school/hill-school/about/",
        "https://uk.linkedin.com/company/Hill-School",
    ],
    "threads:hill": ["https://www.threads.net/@hill", "https://threads.com/@Hill/post/abc"],
    "bluesky:hill.bsky.social": ["https://bsky.app/profile/Hill.bsky.social"],
    "mastodon:hill@example.social": [
        "https://example.social/@Hill",
        "https://example.social/web/@hill",
        "https://example.social/users/hill",
        "https://other.example/@hill@example.social",
    ],
    "whatsapp:0029Va4K0PZ5a245NkngBA2M": [
        "https://whatsapp.com/channel/0029Va4K0PZ5a245NkngBA2M",
        "https://www.whatsapp.com/channel/0029Va4K0PZ5a245NkngBA2M?utm=1",
    ],
    "other:blog.example.org/drama": [
        "https://blog.example.org/drama/",
        "http://www.blog.example.org/Drama?utm_source=x",
    ],
}


@pytest.mark.parametrize(
    ("key", "written"), [(key, one) for key, many in SAME.items() for one in many]
)
def test_every_spelling_of_an_account_is_that_account(key: str, written: str) -> None:
    found = read_address(written)
    assert found.key == key
    assert read_address(found.url).key == key  # what is kept is read as the same again


@pytest.mark.parametrize(
    ("platform", "handle", "key"),
    [
        ("x", "@HillSchool", "x:hillschool"),
        ("instagram", "Hill_School", "instagram:hill_school"),
        ("instagram", "hill.school_", "instagram:hill.school_"),
        ("facebook", "Hill.School", "facebook:hillschool"),
        ("tiktok", "@hill", "tiktok:hill"),
        ("youtube", "@hill-school", "youtube:hill-school"),
        ("threads", "@hill", "threads:hill"),
        ("linkedin", "hill-school", "linkedin:hill-school"),
        ("bluesky", "@hill.bsky.social", "bluesky:hill.bsky.social"),
        ("mastodon", "@Hill@example.social", "mastodon:hill@example.social"),
    ],
)
def test_a_handle_is_enough_where_the_platform_is_known(
    platform: str, handle: str, key: str
) -> None:
    found = read_address(handle, platform)
    assert (found.platform, found.key) == (platform, key)
    assert read_address(found.url, platform).key == key


@pytest.mark.parametrize(
    ("written", "platform", "said"),
    [
        ("", "", "Give the account’s address"),
        ("   ", "x", "Give the account’s address"),
        (f"https://blog.example.org/{'a' * 270}", "other", "too long"),
        (f"https://blog.example.org/{'é' * 100}", "", "too long"),
        ("@hill", "", "Choose the platform"),
        ("hill school", "x", "no spaces"),
        ("hill🎭", "instagram", "not a handle at Instagram"),
        ("https://instagram.com/hill🎭", "", "No account of Instagram"),
        ("@averyveryverylongname", "x", "at most 15"),
        ("https://www.instagram.com/p/Cabc123/", "", "address of a post"),
        ("https://youtu.be/abc123", "", "address of a post"),
        ("https://www.youtube.com/watch?v=abc", "", "address of a post"),
        ("https://www.tiktok.com/t/ZSabc/", "", "address of a post"),
        ("https://www.linkedin.com/in/a-teacher/", "", "personal page"),
        ("https://wa.me/447700900123", "", "telephone number"),
        ("https://chat.whatsapp.com/AbCdEfGhIjKlMnOpQrStUv", "", "invitation to a group"),
        ("https://www.facebook.com/login", "", "not an account"),
        ("https://x.com/", "", "No account of X"),
        ("https://x.com/hill", "instagram", "at X (Twitter), not at Instagram"),
        ("https://example.org/hill", "instagram", "not an address at Instagram"),
        ("https://f\u0430cebook.com/hill", "", "another alphabet"),  # a Cyrillic a
        ("https://xn--fcebook-2fg.com/hill", "", "another alphabet"),
        ("ftp://x.com/hill", "", "begins with https"),
        ("javascript:alert(1)", "", "begins with https"),
        ("https://someone:secret@x.com/hill", "", "not the address of an account"),
        ("https://x.com:8080/hill", "", "not the address of an account"),
        ("https://[::1/", "", "not an address"),
        ("https://localhost/@hill", "", "not an address"),
        ("https://10.0.0.1/hill", "", "not an address"),
        ("x" * 600, "x", "too long"),
        ("hill", "mastodon", "the name and the server"),
        ("hill", "bluesky", "the whole name"),
        ("@hill", "other", "whole address"),
    ],
)
def test_what_is_no_account_is_refused_in_words(written: str, platform: str, said: str) -> None:
    with pytest.raises(RuleBroken, match=re_escape(said)):
        read_address(written, platform)


def re_escape(text: str) -> str:
    return text.replace("(", r"\(").replace(")", r"\)")


def test_x_is_not_a_name_that_ends_in_x() -> None:
    assert read_address("https://notx.com/hill").platform == "other"
    assert read_address("https://x.com.example.org/hill").platform == "other"


def test_invisible_signs_of_copying_do_not_make_another_account() -> None:
    assert read_address("https://x.com/hill\u200b\u200e").key == "x:hill"
    assert read_address("https://x.com/hill").key == "x:hill"  # full-width letters


def test_every_platform_has_a_name_of_its_own() -> None:
    assert len({one.label for one in PLATFORMS.values()}) == len(PLATFORMS) == 11

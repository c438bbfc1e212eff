"""The platforms schools use, and what makes an account there one and the same.

An address is written in many ways: `twitter.com/a`, `https://x.com/A/?s=1` and `@a` are one
account. `read_address` brings them to one key, which the register keeps unique.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qs, quote, unquote, urlsplit

from web.errors import RuleBroken

LONGEST_ADDRESS = 500
LONGEST_HANDLE = 255
LONGEST_KEY = 300
TOO_LONG = "This address is too long. Copy it from the account’s own page."
# Names of machines in front of a platform's own: the same account on a phone or in a language.
FRONTS = re.compile(r"^(?:www\d?|m|mobile|web|touch|amp|[a-z]{2}|[a-z]{2}-[a-z]{2})\.")
A_HOST = re.compile(r"^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$")
SCHEME = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.-]*:")


@dataclass(frozen=True, slots=True)
class Address:
    """Where an account is: `key` is the same however the address was written."""

    platform: str
    handle: str  # as people say it, without the @
    key: str
    url: str


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of path on a platform. `name` makes keys of two kinds differ."""

    path: re.Pattern[str]
    url: str
    name: str = ""
    case_matters: bool = False


@dataclass(frozen=True)
class Platform:
    """A platform: its hosts, the shapes of its accounts' addresses, and of what is no account.

    `has_roles`: people run it with logins of their own, so its list of administrators is attested
    in place of a shared password.
    """

    code: str
    label: str
    hosts: tuple[str, ...]
    shapes: tuple[Shape, ...]
    handle: re.Pattern[str]
    handle_help: str
    not_accounts: Mapping[str, str] = field(default_factory=dict)
    has_roles: bool = False
    dots_do_not_count: bool = False


def _path(pattern: str) -> re.Pattern[str]:
    # What follows the account (a post, a tab) says nothing about which account it is.
    return re.compile(rf"^/{pattern}(?:/.*)?$", re.IGNORECASE)


POST = "This is the address of a post. Give the address of the account itself."
PERSONAL = "This is somebody’s personal page. Give the address of the school’s own page."
PHONE = "This is a telephone number, not a channel. Give the channel’s address."

FACEBOOK = Platform(
    code="facebook",
    label="Facebook",
    hosts=("facebook.com", "fb.com", "fb.me"),
    shapes=(
        Shape(_path(r"groups/(?P<handle>[\w.]+)"), "https://www.facebook.com/groups/{}", "group"),
        Shape(_path(r"(?:pages|people)/[^/]+/(?P<handle>\d+)"), "https://www.facebook.com/{}"),
        Shape(_path(r"pg/(?P<handle>[\w.]{3,80})"), "https://www.facebook.com/{}"),
        Shape(_path(r"p/[^/]*?(?P<handle>\d{6,})"), "https://www.facebook.com/{}"),
        Shape(_path(r"(?P<handle>[\w.]{3,80})"), "https://www.facebook.com/{}"),
    ),
    handle=re.compile(r"^[A-Za-z0-9.]{5,50}$"),
    handle_help="letters, digits and full stops, at least five",
    not_accounts={
        # Whole words: a school's video club has a page of its own.
        r"/(?:photos?|watch|events|reels?|share|story|permalink|videos?)(?:\.php)?(?:/|$)": POST,
        r"/(?:login|help|sharer|dialog|settings|marketplace|hashtag)(?:\.php)?(?:/|$)": "",
    },
    has_roles=True,
    dots_do_not_count=True,
)
INSTAGRAM = Platform(
    code="instagram",
    label="Instagram",
    hosts=("instagram.com", "instagr.am"),
    shapes=(Shape(_path(r"(?P<handle>[\w.]{1,30})"), "https://www.instagram.com/{}/"),),
    handle=re.compile(r"^[A-Za-z0-9._]{1,30}$"),
    handle_help="letters, digits, full stops and underscores, at most 30",
    not_accounts={
        r"/(?:p|reel|reels|tv|stories)/": POST,
        r"/(?:explore|accounts|direct)(?:/|$)": "",
    },
)
X = Platform(
    code="x",
    label="X (Twitter)",
    hosts=("x.com", "twitter.com"),
    shapes=(Shape(_path(r"@?(?P<handle>\w{1,15})"), "https://x.com/{}"),),
    handle=re.compile(r"^[A-Za-z0-9_]{1,15}$"),
    handle_help="letters, digits and underscores, at most 15",
    not_accounts={r"/i/": POST, r"/(?:home|search|hashtag|intent|share|login|explore)\b": ""},
)
YOUTUBE = Platform(
    code="youtube",
    label="YouTube",
    hosts=("youtube.com", "youtu.be"),
    shapes=(
        Shape(_path(r"@(?P<handle>[\w.-]{3,30})"), "https://www.youtube.com/@{}"),
        Shape(
            _path(r"channel/(?P<handle>UC[\w-]{22})"),
            "https://www.youtube.com/channel/{}",
            "channel",
            case_matters=True,
        ),
        Shape(_path(r"c/(?P<handle>[\w.-]{1,100})"), "https://www.youtube.com/c/{}", "c"),
        Shape(_path(r"user/(?P<handle>[\w.-]{1,100})"), "https://www.youtube.com/user/{}", "user"),
    ),
    handle=re.compile(r"^[A-Za-z0-9._-]{3,30}$"),
    handle_help="letters, digits, full stops, hyphens and underscores, 3 to 30",
    not_accounts={r"/(?:watch|shorts|live|embed|playlist|results|feed|redirect)\b": POST},
    has_roles=True,
)
TIKTOK = Platform(
    code="tiktok",
    label="TikTok",
    hosts=("tiktok.com",),
    shapes=(Shape(_path(r"@(?P<handle>[\w.]{2,24})"), "https://www.tiktok.com/@{}"),),
    handle=re.compile(r"^[A-Za-z0-9._]{2,24}$"),
    handle_help="letters, digits, full stops and underscores, 2 to 24",
    not_accounts={r"/(?:t|v)/": POST, r"/(?:foryou|explore|live|tag|music)\b": ""},
)
LINKEDIN = Platform(
    code="linkedin",
    label="LinkedIn",
    hosts=("linkedin.com",),
    shapes=(
        Shape(
            _path(r"showcase/(?P<handle>[\w%-]{1,100})"),
            "https://www.linkedin.com/showcase/{}/",
            "showcase",
        ),
        # The platform shows one page under both names.
        Shape(
            _path(r"(?:company|school)/(?P<handle>[\w%-]{1,100})"),
            "https://www.linkedin.com/company/{}/",
        ),
        Shape(_path(r"groups/(?P<handle>\d+)"), "https://www.linkedin.com/groups/{}/", "group"),
    ),
    handle=re.compile(r"^[A-Za-z0-9-]{3,100}$"),
    handle_help="letters, digits and hyphens",
    not_accounts={r"/(?:in|pub)/": PERSONAL, r"/(?:posts|feed|pulse|events)\b": POST},
    has_roles=True,
)
THREADS = Platform(
    code="threads",
    label="Threads",
    hosts=("threads.net", "threads.com"),
    shapes=(Shape(_path(r"@(?P<handle>[\w.]{1,30})"), "https://www.threads.com/@{}"),),
    handle=re.compile(r"^[A-Za-z0-9._]{1,30}$"),
    handle_help="letters, digits, full stops and underscores, at most 30",
    not_accounts={r"/t/": POST},
)
BLUESKY = Platform(
    code="bluesky",
    label="Bluesky",
    hosts=("bsky.app",),
    shapes=(
        Shape(
            _path(r"profile/@?(?P<handle>did:(?:plc|web):[\w.:%-]+|[\w-]+(?:\.[\w-]+)+)"),
            "https://bsky.app/profile/{}",
        ),
    ),
    handle=re.compile(r"^[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+$"),
    handle_help="the whole name with its full stops, such as hill-school.bsky.social",
)
WHATSAPP = Platform(
    code="whatsapp",
    label="WhatsApp channel",
    hosts=("whatsapp.com", "wa.me", "chat.whatsapp.com"),
    shapes=(
        Shape(
            _path(r"channel/(?P<handle>[A-Za-z0-9]{10,40})"),
            "https://whatsapp.com/channel/{}",
            case_matters=True,
        ),
    ),
    handle=re.compile(r"^[A-Za-z0-9]{10,40}$"),
    handle_help="the letters and digits at the end of the channel’s address",
    not_accounts={
        r"/(?:send|\d{6,})": PHONE,
        r"/[A-Za-z0-9]{20,24}$": "This is an invitation to a group. Give a channel’s address.",
    },
    has_roles=True,
)
# On any host: a name there, or a name on another host seen from there.
MASTODON = Platform(
    code="mastodon",
    label="Mastodon",
    hosts=(),
    shapes=(
        Shape(
            _path(r"(?:web/)?@(?P<handle>\w{1,30}(?:@[a-z0-9.-]+\.[a-z]{2,63})?)"),
            "https://{host}/@{user}",
        ),
        Shape(_path(r"users/(?P<handle>\w{1,30})"), "https://{host}/@{user}"),
    ),
    handle=re.compile(r"^\w{1,30}@[A-Za-z0-9.-]+\.[A-Za-z]{2,63}$", re.ASCII),
    handle_help="the name and the server, such as hill_school@example.social",
)
OTHER = Platform(
    code="other",
    label="Blog or other",
    hosts=(),
    shapes=(),
    handle=re.compile(r"(?!)"),
    handle_help="",
)
ALL = (
    FACEBOOK, INSTAGRAM, X, YOUTUBE, TIKTOK, LINKEDIN, THREADS, BLUESKY, MASTODON, WHATSAPP, OTHER,
)  # fmt: skip
PLATFORMS = {platform.code: platform for platform in ALL}
CHOICES = [(platform.code, platform.label) for platform in ALL]
BY_HOST = {host: platform for platform in ALL for host in platform.hosts}


def read_address(written: str, platform: str = "") -> Address:
    """The account at an address, or of a handle where the platform is known.

    Raises RuleBroken with a sentence for what is no account, or an account on another platform
    than the one that was chosen.
    """
    text = _cleaned(written)
    chosen = PLATFORMS[platform] if platform else None
    if _is_handle(text, chosen):
        return _of_handle(text, chosen)
    parts = _split(text)
    host = _host(parts)
    found = BY_HOST.get(host) or _elsewhere(parts, chosen)
    if chosen and found is not chosen:
        if chosen.hosts and found is OTHER:
            raise RuleBroken(f"This is not an address at {chosen.label}.")
        raise RuleBroken(f"This is an address at {found.label}, not at {chosen.label}.")
    if found is OTHER:
        return _anywhere(parts, host)
    return _at(found, parts, host)


def _cleaned(written: str) -> str:
    """Without what copying adds. Refuses what only looks like an address (another alphabet)."""
    text = unicodedata.normalize("NFKC", written).strip().strip("<>\"'“”‘’")
    text = "".join(c for c in text if unicodedata.category(c) != "Cf")  # invisible signs
    if not text:
        raise RuleBroken("Give the account’s address or its handle.")
    if len(text) > LONGEST_ADDRESS:
        raise RuleBroken(TOO_LONG)
    if any(c.isspace() for c in text):
        raise RuleBroken("An address or a handle has no spaces.")
    return text


def _is_handle(text: str, chosen: Platform | None) -> bool:
    """Whether it is no address: st.marys is a handle where the platform is known, x.com is none."""
    if "/" in text:
        return False
    if chosen is None or text.startswith("@") or "." not in text:
        return text.startswith("@") or (chosen is not None and not SCHEME.match(text))
    return bool(chosen.handle.match(text)) and _without_front(text.lower()) not in BY_HOST


def _of_handle(text: str, chosen: Platform | None) -> Address:
    handle = text.removeprefix("@")
    if chosen is None:
        raise RuleBroken("Choose the platform, or give the account’s whole address.")
    if chosen is OTHER:
        raise RuleBroken("Give the whole address, such as https://blog.example.org.")
    if not handle.isascii() or not chosen.handle.match(handle):
        raise RuleBroken(f"This is not a handle at {chosen.label}: {chosen.handle_help}.")
    if chosen is MASTODON:
        return _mastodon(handle, "")
    shape = next(one for one in chosen.shapes if not one.name and one.url.count("{}") == 1)
    return _made(chosen, shape, handle)


def _split(text: str) -> SplitResult:
    if not SCHEME.match(text) or re.match(r"^[\w.-]+:\d", text):
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise RuleBroken("This is not an address. Copy it from the account’s own page.") from None
    if parts.scheme.lower() not in ("http", "https"):
        raise RuleBroken("An account’s address begins with https://.")
    if parts.username or parts.password is not None or port not in (None, 80, 443):
        raise RuleBroken("This is not the address of an account’s page. Copy it from there.")
    return parts


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").lower().rstrip(".")
    if not host.isascii() or "xn--" in host:
        raise RuleBroken(
            "The address has letters of another alphabet in it, as false addresses do. "
            "Type it by hand."
        )
    if not A_HOST.match(host):
        raise RuleBroken("This is not an address. Copy it from the account’s own page.")
    return _without_front(host)


def _without_front(host: str) -> str:
    while (bare := FRONTS.sub("", host)) != host and bare in BY_HOST:
        host = bare
    return host


def _elsewhere(parts: SplitResult, chosen: Platform | None) -> Platform:
    """On a host that is nobody's: a Mastodon server by the look of the path, else a page."""
    if chosen is OTHER:
        return OTHER
    if any(shape.path.match(parts.path) for shape in MASTODON.shapes):
        return MASTODON
    return OTHER


def _at(platform: Platform, parts: SplitResult, host: str) -> Address:
    path = unquote(parts.path)
    for pattern, sentence in platform.not_accounts.items():
        if re.match(pattern, path, re.IGNORECASE):
            raise RuleBroken(sentence or f"This is a page of {platform.label}, not an account.")
    if host == "youtu.be":
        raise RuleBroken(POST)
    if platform is FACEBOOK and path.rstrip("/") == "/profile.php":
        numbers = parse_qs(parts.query).get("id", [""])
        if numbers[0].isascii() and numbers[0].isdigit():
            return _made(platform, FACEBOOK.shapes[1], numbers[0])
    for shape in platform.shapes:
        if found := shape.path.match(path):
            handle = found["handle"]
            if platform is MASTODON:
                return _mastodon(handle, host)
            if not handle.isascii():
                break
            return _made(platform, shape, handle)
    raise RuleBroken(f"No account of {platform.label} is at this address. Copy it from its page.")


def _made(platform: Platform, shape: Shape, handle: str) -> Address:
    plain = handle if shape.case_matters else handle.lower()
    if platform.dots_do_not_count and not shape.name:
        plain = plain.replace(".", "")
    key = ":".join(filter(None, (platform.code, shape.name, plain)))
    shown = handle if shape.case_matters else handle.lower()
    return Address(platform.code, handle, key, shape.url.format(quote(shown, safe="@:%")))


def _mastodon(handle: str, host: str) -> Address:
    user, _, home = handle.partition("@")
    user, home = user.lower(), (home or host).lower()
    if not A_HOST.match(home) or not user.isascii():
        raise RuleBroken(f"This is not a handle at Mastodon: {MASTODON.handle_help}.")
    key = f"mastodon:{user}@{home}"
    return Address("mastodon", f"{user}@{home}", key, f"https://{home}/@{user}")


def _anywhere(parts: SplitResult, host: str) -> Address:
    """A page of its own: the host and the path, without what only counts visitors."""
    path = quote(unquote(parts.path).rstrip("/"), safe="/~@!$&'()*+,;=:-._")
    bare = host.removeprefix("www.")
    handle, key, url = bare + path, f"other:{bare}{path.lower()}", f"https://{host}{path}/"
    # Each sign of another alphabet takes six of ours.
    if len(handle) > LONGEST_HANDLE or len(key) > LONGEST_KEY or len(url) > LONGEST_ADDRESS:
        raise RuleBroken(TOO_LONG)
    return Address("other", handle, key, url)

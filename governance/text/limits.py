"""How long a policy may be."""

from web.errors import RuleBroken

MAX_BODY_CHARS = 500_000
MAX_BODY_LINES = 20_000  # what a text costs to read depends on its lines more than on its letters


class TextTooLong(RuleBroken):
    """A text no policy needs, and that would keep the server busy."""


def too_long(text: str) -> str:
    """The sentence that says so, or nothing."""
    if len(text) > MAX_BODY_CHARS:
        has, most = f"{len(text):,} letters", f"{MAX_BODY_CHARS:,}"
    elif (lines := text.count("\n")) > MAX_BODY_LINES:
        has, most = f"{lines:,} lines", f"{MAX_BODY_LINES:,}"
    else:
        return ""
    return f"This text has {has}; a policy may have {most} at most. Split it into several policies."


def check_length(markdown: str) -> None:
    """Raises TextTooLong."""
    if sentence := too_long(markdown):
        raise TextTooLong(sentence)

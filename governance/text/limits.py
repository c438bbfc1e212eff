"""How long a policy may be."""

from web.errors import RuleBroken

MAX_BODY_CHARS = 500_000


class TextTooLong(RuleBroken):
    """A text no policy needs, and that would keep the server busy."""

    def __init__(self, length: int) -> None:
        super().__init__(
            f"This text has {length:,} letters; a policy may have {MAX_BODY_CHARS:,} at most. "
            "Split it into several policies."
        )


def check_length(markdown: str) -> None:
    """Raises TextTooLong."""
    if len(markdown) > MAX_BODY_CHARS:
        raise TextTooLong(len(markdown))

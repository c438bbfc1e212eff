"""Pieces of an address that are checked before any view sees them."""


class Colour:
    """Six lower-case hex digits, as in `1d4f91`."""

    regex = "[0-9a-f]{6}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value

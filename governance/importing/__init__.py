"""Reading a school's existing policy from a file. Pure: bytes in, a draft and its doubts out.

What each format's reader makes of its file is Markdown and a list of what it left out or doubted;
everything after that (metadata, counts, the check that no word was lost) is the same for all.
"""

from governance.importing.reading import FORMATS, read_policy
from governance.importing.result import (
    Counts,
    Guess,
    ImportedPolicy,
    ImportRefused,
    LeftOut,
    Metadata,
)

__all__ = [
    "FORMATS",
    "Counts",
    "Guess",
    "ImportRefused",
    "ImportedPolicy",
    "LeftOut",
    "Metadata",
    "read_policy",
]

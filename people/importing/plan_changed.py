"""What an import says where its preview has been overtaken."""

from __future__ import annotations

from web.errors import RuleBroken


class PlanChanged(RuleBroken):
    """What a preview showed is another by now: it has to be looked at again."""

    def __init__(self, what: str = "Something") -> None:
        super().__init__(
            f"{what} changed since you opened this preview. Check it again, then confirm."
        )

"""Names of things to the right of this app, which it must not import."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from people.roles import Permission

# The value of people.roles.Permission.VIEW_TRAIL; a test holds the two together.
VIEW_TRAIL = cast("Permission", "view_trail")

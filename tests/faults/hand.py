"""A process with the portal's settings that does one thing after another, without starting anew."""

from __future__ import annotations

import contextlib
import io
import json
import sys
import traceback


def main() -> None:
    import django

    django.setup()
    for line in sys.stdin:
        said, error = io.StringIO(), ""
        with contextlib.redirect_stdout(said):
            try:
                exec(json.loads(line), {"__name__": "hand"})
            except Exception:
                error = traceback.format_exc()
        sys.stdout.write(json.dumps({"said": said.getvalue(), "error": error}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()

"""`python -m tests.demands`: which tests carry which demand of the design.

    python -m tests.demands                      # every id with its tests, then the ids without one
    python -m tests.demands --require D1,D2      # and exit 1 when one of these has no test

A test carries a demand with `@pytest.mark.demand("D1")`. An id that no design knows is an error.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import sys
from collections import defaultdict
from itertools import zip_longest

import pytest

FAMILIES = {"D": 21, "E": 13, "F": 8, "G": 6, "H": 11}
DEMANDS = tuple(
    f"{letter}{number}" for letter, last in FAMILIES.items() for number in range(1, last + 1)
)


class Collector:
    """A pytest plugin that notes the marks of every test, and runs none."""

    def __init__(self) -> None:
        self.carried: dict[str, set[str]] = defaultdict(set)

    # First: others leave out what does not belong to this database.
    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            test = item.nodeid.partition("[")[0]
            for mark in item.iter_markers("demand"):
                for demand in mark.args or ("(no id)",):
                    self.carried[str(demand)].add(test)


def collect() -> tuple[dict[str, set[str]], str]:
    """id → tests, and what pytest said when it could not read them all."""
    os.environ.pop("REQUIRE_ALL", None)
    plugin, said = Collector(), io.StringIO()
    with contextlib.redirect_stdout(said):
        code = pytest.main(["--collect-only", "-q", "-p", "no:cacheprovider"], plugins=[plugin])
    return plugin.carried, "" if code == pytest.ExitCode.OK else said.getvalue()


def listing(carried: dict[str, set[str]]) -> str:
    lines = []
    for demand in DEMANDS:
        tests = sorted(carried.get(demand, ()))
        if tests:
            pairs = zip_longest([demand], tests, fillvalue="")
            lines += [f"{name:4} {test}" for name, test in pairs]
    missing = [demand for demand in DEMANDS if demand not in carried]
    lines.append(f"\n{len(DEMANDS) - len(missing)} of {len(DEMANDS)} demands have a test.")
    if missing:
        lines.append(f"Without one: {', '.join(missing)}")
    return "\n".join(lines)


def problems(carried: dict[str, set[str]], required: list[str]) -> list[str]:
    """What is wrong, in sentences."""
    known = set(DEMANDS)
    found = [
        f"No demand is called {demand}, which {sorted(tests)[0]} carries."
        for demand, tests in sorted(carried.items())
        if demand not in known
    ]
    found += [f"No demand is called {demand}." for demand in required if demand not in known]
    found += [
        f"{demand} is required and has no test."
        for demand in required
        if demand in known and demand not in carried
    ]
    return found


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.demands", description=__doc__)
    parser.add_argument("--require", default="", metavar="D1,D2", help="ids that must have a test")
    wanted = parser.parse_args(arguments).require.upper().replace(",", " ").split()
    carried, trouble = collect()
    if trouble:
        print(trouble, file=sys.stderr)  # noqa: T201
        print("Not every test could be read, so the list would be wrong.", file=sys.stderr)  # noqa: T201
        return 2
    print(listing(carried))  # noqa: T201
    wrong = problems(carried, wanted)
    for sentence in wrong:
        print(sentence, file=sys.stderr)  # noqa: T201
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

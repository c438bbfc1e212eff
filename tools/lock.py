"""The lock files: what exactly is installed, with hashes, on every Python and system we support.

`lock.py` writes them (`--upgrade`: with the newest versions); `lock.py --check` says, without a
network, whether they still fit the requirements.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

FILES = ("requirements", "requirements-dev")
COMMAND = (
    "-m", "uv", "pip", "compile", "--quiet", "--universal", "--generate-hashes",
    "--python-version", "3.11", "--no-emit-index-url", "--no-emit-find-links",
    "--custom-compile-command", "make lock",
)  # fmt: skip
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)


def main() -> int:
    if "--check" in sys.argv:
        problems = [problem for name in FILES for problem in check(name)]
        print("\n".join(problems))
        return 1 if problems else 0
    more = ["--upgrade"] if "--upgrade" in sys.argv else []
    for name in FILES:
        # What runs in production is what was tested: the second lock follows the first.
        follow = ["-c", "requirements.lock"] if name != FILES[0] else []
        command = [sys.executable, *COMMAND, *more, *follow, f"{name}.txt", "-o", f"{name}.lock"]
        subprocess.run(command, check=True)
    return 0


def check(name: str) -> list[str]:
    """What is wrong with one lock, in sentences."""
    lock = Path(f"{name}.lock").read_text(encoding="utf-8")
    pinned = {canonicalize_name(found[0]): found[1] for found in PINNED.findall(lock)}
    problems = [
        f"{name}.lock: {requirement.name} is {pinned.get(wanted, 'not there')}, "
        f"{name}.txt asks for {requirement.specifier}. Run `make lock`."
        for requirement in _requirements(Path(f"{name}.txt"))
        if (wanted := canonicalize_name(requirement.name)) not in pinned
        or not requirement.specifier.contains(pinned[wanted], prereleases=True)
    ]
    # Its own machine's package index has no place in a file that others install from.
    if re.search(r"--(extra-)?index-url|--find-links|file:", lock):
        problems.append(f"{name}.lock names a package index. Run `make lock`.")
    if lock.count("--hash=") < len(pinned):
        problems.append(f"{name}.lock has entries without a hash. Run `make lock`.")
    return problems


def _requirements(path: Path) -> list[Requirement]:
    found: list[Requirement] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        text = line.partition("#")[0].strip()
        if text.startswith("-r "):
            found += _requirements(path.with_name(text[3:].strip()))
        elif text:
            found.append(Requirement(text))
    return found


if __name__ == "__main__":
    sys.exit(main())

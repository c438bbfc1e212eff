"""Makes .venv and installs what a lock file names. Needs nothing but Python: `venv.py [--dev]`.

Does nothing when that lock is installed already: a note in .venv holds its hash.
"""

from __future__ import annotations

import fcntl
import hashlib
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
VENV = HERE / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)


def main() -> int:
    # --dev: the development lock pins the same versions and more, so it serves both.
    wanted = ["requirements-dev"] if "--dev" in sys.argv else ["requirements", "requirements-dev"]
    lock = HERE / f"{wanted[0]}.lock"
    with (HERE / "requirements.lock").open() as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)  # two makes in one folder take turns
        if _works() and _noted() in [_hash(HERE / f"{name}.lock") for name in wanted]:
            return 0
        return _make() or _install(lock)


def _works() -> bool:
    """A folder whose Python has gone, or was made half, is made anew."""
    if not PYTHON.exists():
        return False
    probe = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    return subprocess.run([PYTHON, "-c", probe], capture_output=True, check=False).returncode == 0


def _make() -> int:
    if _works():
        return 0
    if sys.version_info < OLDEST:
        print(
            f"The portal needs Python 3.11 or newer; this is {sys.version.split()[0]}.\n"
            "Install one, or name it: make run PYTHON=/path/to/python3.12",
            file=sys.stderr,
        )
        return 1
    print("Making a virtual environment in .venv …", flush=True)
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=False)
    if made.returncode:
        print(
            "Python could not make a virtual environment. On Debian and Ubuntu: "
            "apt-get install python3-venv",
            file=sys.stderr,
        )
    return made.returncode


def _install(lock: Path) -> int:
    print(f"Installing what {lock.name} names …", flush=True)
    command = [str(PYTHON), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    done = subprocess.run([*command, "--require-hashes", "-r", lock], check=False, cwd=HERE)
    if done.returncode == 0:
        _note().write_text(_hash(lock), encoding="ascii")
    return done.returncode


def _note() -> Path:
    return VENV / "installed"


def _noted() -> str:
    return _note().read_text(encoding="ascii") if _note().is_file() else ""


def _hash(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())

"""Keeps a few child processes alive, and takes them along when it ends.

Every child watches a pipe whose other end only this process holds. However this process ends, by
SIGKILL too, the pipe closes and the children end themselves (see config/child.py).
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
STEADY_AFTER = 60.0
SECONDS_TO_END = 10.0
SECONDS_BETWEEN_LOOKS = 0.25

Say = Callable[[str], None]


@dataclass
class Child:
    """One process that ought to run: a Python module and its arguments."""

    name: str
    module: str
    arguments: Sequence[str]
    pass_fds: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = FIRST_PAUSE
    start_at: float = 0.0

    def start(self, lifeline: int) -> None:
        command = [sys.executable, "-m", "config.child", str(lifeline), self.module]
        self.process = subprocess.Popen(  # noqa: S603 (our own modules, no shell)
            [*command, *self.arguments],
            stdin=subprocess.DEVNULL,
            pass_fds=(lifeline, *self.pass_fds),
            # A group of its own: Ctrl-C reaches the supervisor, which ends the rest in order.
            process_group=0,
        )
        self.started = time.monotonic()

    def look(self, now: float) -> int | None:
        """The exit code, the first time it is seen. Plans the restart."""
        if self.process is None or (code := self.process.poll()) is None:
            return None
        self.process = None
        if now - self.started > STEADY_AFTER:
            self.pause = FIRST_PAUSE
        self.start_at = now + self.pause
        return code


@dataclass
class Supervisor:
    """Starts the children, restarts those that die, ends them all."""

    children: list[Child]
    say: Say
    _lifeline: tuple[int, int] = field(default_factory=os.pipe)

    def start(self) -> None:
        for child in self.children:
            child.start(self._lifeline[0])

    def watch(self, until: Callable[[], bool]) -> None:
        """Keep the children running until told otherwise."""
        while not until():
            now = time.monotonic()
            for child in self.children:
                self._tend(child, now)
            time.sleep(SECONDS_BETWEEN_LOOKS)

    def stop(self) -> None:
        """End every child, kindly first."""
        running = [child.process for child in self.children if child.process is not None]
        for process in running:
            process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + SECONDS_TO_END
        for process in running:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for end in self._lifeline:
            os.close(end)

    def _tend(self, child: Child, now: float) -> None:
        code = child.look(now)
        if code is not None:
            self.say(f"The {child.name} ended ({ending(code)}); starting it again.")
        if child.process is None and now >= child.start_at:
            child.start(self._lifeline[0])
            child.pause = min(child.pause * 2, LONGEST_PAUSE)


def ending(code: int) -> str:
    """An exit code in words."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"

"""Runs a module as a child of the supervisor: `python -m config.child PIPE MODULE ARGUMENTS…`.

When the supervisor is gone, whatever ended it, this process ends too.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading
import time

SECONDS_TO_END = 8.0


def end_with_parent(pipe: int) -> None:
    """Watch the supervisor's pipe. Nobody ever writes to it: reading returns when it closes."""
    threading.Thread(target=_wait_and_end, args=(pipe,), daemon=True).start()


def _wait_and_end(pipe: int) -> None:
    os.read(pipe, 1)
    os.kill(os.getpid(), signal.SIGTERM)
    # A task that takes longer is cut off: its row says what is still owed.
    time.sleep(SECONDS_TO_END)
    os._exit(1)


def main() -> None:
    pipe, module = int(sys.argv[1]), sys.argv[2]
    os.set_inheritable(pipe, False)
    end_with_parent(pipe)
    sys.argv = [module, *sys.argv[3:]]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()

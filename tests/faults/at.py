"""`python -m tests.faults.at SECONDS MODULE ARGUMENTS…`: a module whose clock is so much ahead."""

from __future__ import annotations

import runpy
import sys
import time

import time_machine

if __name__ == "__main__":
    ahead, module = float(sys.argv[1]), sys.argv[2]
    time_machine.travel(time.time() + ahead, tick=True).start()
    sys.argv = [module, *sys.argv[3:]]
    runpy.run_module(module, run_name="__main__", alter_sys=True)

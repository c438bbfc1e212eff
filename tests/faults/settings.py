"""The portal's settings, with one duty for everybody (see duties.py)."""

from config.settings import *  # noqa: F403

DUTY_SOURCES = ["tests.faults.duties.SIGNING"]

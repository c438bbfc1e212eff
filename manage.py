#!/usr/bin/env python
"""The portal's command line."""

import os
import sys

from config.env import BadSetting


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except BadSetting as problem:
        sys.exit(f"The portal cannot start: {problem}")


if __name__ == "__main__":
    main()

"""Run a management command: `python -m suar migrate`."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "suar.settings")
    execute_from_command_line(["suar", *sys.argv[1:]])

"""Runs an act inside the folder that the environment names: `python -m bench.inside MODULE ACT ..`.

Words of digits are numbers. The act's answer is printed as JSON.
"""

import importlib
import json
import sys

import django


def main(module: str, act: str, *words: str) -> None:
    """Start Django, load the module, do the act."""
    django.setup()
    acts = importlib.import_module(f"bench.{module}").ACTS
    values = [int(word) if word.isdigit() and len(word) < 9 else word for word in words]
    print(json.dumps(acts[act](*values)))


if __name__ == "__main__":
    main(*sys.argv[1:])

"""`./suar prove stories`: every story in both languages and widths, on both databases, axe on every page."""

import itertools
import subprocess
import sys

from tools import postgres
from tools.places import PYTHON, ROOT, environment, say

LOOKS = (("en", "360"), ("id", "1280"))


def main(words: list[str]) -> int:
    """Run all stories in each language and width on each database; return 1 when one run failed."""
    failed = []
    for (language, width), database in itertools.product(LOOKS, ("sqlite", "postgres")):
        say(f"Stories in {language} at {width} px on {database}:")
        if _run(language, width, database, words):
            failed.append(f"{language} {database}")
    say(f"Failed: {', '.join(failed)}" if failed else "Every story passed.")
    return int(bool(failed))


def _run(language: str, width: str, database: str, words: list[str]) -> int:
    variables = {"SUAR_STORY_LANG": language, "SUAR_STORY_WIDTH": width, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    command = [str(PYTHON), "-m", "pytest", "-m", "story", "--long", *words]
    if database == "sqlite":
        return subprocess.call(command, cwd=ROOT, env=environment(DATABASE_URL="", **variables))
    with postgres.running(postgres.THROWN_AWAY) as url:
        return subprocess.call(command, cwd=ROOT, env=environment(DATABASE_URL=url, **variables))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Run in the folder of an earlier Suar: migrate its database, sign in, and print what its pages show as JSON."""

import json
import sys

import django

django.setup()

from django.core.management import call_command  # noqa: E402 - after the set-up
from django.test.utils import setup_test_environment  # noqa: E402 - after the set-up
from django.urls import reverse  # noqa: E402 - after the set-up

from tests.compat import stored  # noqa: E402 - after the set-up


def look() -> dict[str, str]:
    """Return the pages that three workers see, by worker and address."""
    case, person = stored.EXPECTED["open_case"], stored.EXPECTED["open_person"]
    talk = reverse("talk_step", args=[stored.EXPECTED["talk"], "SIGNS"])
    addresses = {
        "chioma": [reverse("day"), reverse("person", args=[case])],
        "ben": [reverse("person", args=[person]), f"{talk}?theme=PAY_DEBT"],
        "farid": [reverse("person", args=[case])],
    }
    pages = {}
    for name, paths in addresses.items():
        client = stored.sign_in(name)
        for path in paths:
            answer = client.get(path)
            pages[f"{name} {path}"] = f"{answer.status_code} {answer.content.decode()}"
    return pages


if __name__ == "__main__":
    setup_test_environment()
    call_command("migrate", verbosity=0)
    with stored.at_that_time():
        json.dump(look(), sys.stdout)

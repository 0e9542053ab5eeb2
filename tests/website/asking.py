"""What a person's browser sends when somebody uses the form without script."""

import re
from typing import Any

from django.test import Client

OWN = {"origin": "http://localhost", "sec-fetch-site": "same-origin"}
TICKET = re.compile(r'name="ticket" value="([^"]+)"')


def ticket_of(response: Any) -> str:
    """Read the token of the first form on a page."""
    found = TICKET.search(response.content.decode())
    assert found
    return found[1]


def ask(visitor: Client, **chosen: Any) -> Any:
    """Load the start and send its form."""
    ticket = chosen.pop("ticket", None) or ticket_of(visitor.get("/en/"))
    return visitor.post("/", {"ticket": ticket, "lang": "en", **chosen}, headers=OWN)

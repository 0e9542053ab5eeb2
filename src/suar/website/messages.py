"""Tables of messages: JSON files in `data/messages` in which `{"text": "..."}` is a message that gettext translates.

A `context` beside the text is the context of the message.
"""

import json
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy, pgettext_lazy

FOLDER = Path(__file__).parent / "data" / "messages"


def read_messages(name: str) -> Any:
    """Return a table, with its messages in the language that is active when they are used."""
    return json.loads((FOLDER / f"{name}.json").read_text("utf-8"), object_hook=_message)


def _message(row: dict[str, Any]) -> Any:
    if "text" not in row:
        return row
    return pgettext_lazy(row["context"], row["text"]) if "context" in row else gettext_lazy(row["text"])

"""The arithmetic of pages, as HSDS has it."""

from collections.abc import Sequence
from typing import Any


def page(contents: Sequence[Any], *, total: int, number: int, per_page: int) -> dict[str, Any]:
    """Wrap what stands on one page; a page behind the last one is empty and is the last."""
    pages = -(-total // per_page)
    return {
        "total_items": total,
        "total_pages": pages,
        "page_number": number,
        "size": len(contents),
        "first_page": number == 1,
        "last_page": number >= pages,
        "empty": not contents,
        "contents": list(contents),
    }

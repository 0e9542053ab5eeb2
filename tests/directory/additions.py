"""Input and content of a new entry for the tests."""

from typing import Any

TYPED: dict[str, Any] = {
    "over": "1",
    "house--name": "Rumah Rekaan Baru",
    "house--website": "https://example.org",
    "name--en": "Legal advice for crews",
    "name--id": "Nasihat hukum bagi awak kapal",
    "types": ["JUS_ADVICE"],
    "site--kind": "OPEN",
    "site--address_1": "Jalan Rekaan 7",
    "site--district": "32.74",
    "site--postal_code": "00000",
    "site--transport": "Bus 4.",
    "areas": ["32.74"],
    "phone-1-number": "+62 000 0000 0107",
    "phone-1-en": "The desk",
    "phone-1-id": "Meja depan",
    "hour-1-days": ["0", "1"],
    "hour-1-opens": "08:00",
    "hour-1-closes": "16:00",
    "let_in--sex": ["ANY"],
    "let_in--nationality": ["FOREIGN"],
    "let_in--cost": "FREE",
    "let_in--papers": "NONE",
    "let_in--cooperation": "no",
    "let_in--languages": ["id", "INTERPRETER"],
    "let_in--age_min": "18",
    "access--AC_BRING--en": "Nothing.",
    "access--AC_BRING--id": "Tidak ada.",
    "urgent-number": "+62 000 0000 0108",
    "urgent-tested": "2026-11-20",
    "urgent-en": "Always",
}
CONTENT: dict[str, Any] = {
    "house.name": "Rumah Rekaan Baru",
    "name.en": "Legal advice for crews",
    "types": ["JUS_ADVICE"],
    "site.kind": "OPEN",
    "site.address_1": "Jalan Rekaan 7",
    "site.district": "32.74",
    "phones": [{"number": "+62 000 0000 0107", "words": {}}],
    "let_in.cost": "FREE",
}


def assert_error_in_open_group(page: str, name: str, words: str) -> None:
    """Assert that a field shows an error in an open group, with a link from the error list."""
    beside = page.index(f'id="id_{name}_error"')
    assert words in page[beside:].partition("</p>")[0]
    fold = page.rindex('<details class="more"', 0, beside)
    assert page[fold:].startswith('<details class="more" open>')
    assert words in page[page.index(f'<a href="#id_{name}">') :].partition("</a>")[0]
    assert page.count('<section class="problems"') == page.count('class="problems"') == 1

"""The linter that keeps addresses out of what is written about a hidden place."""

import pytest

from suar.directory import rules

ADDRESSES = [
    "Come to Jl. Melati 4, ask for Ibu Rekaan.",
    "Jalan Kenanga Raya",
    "di Gg. 3 dekat pasar",
    "RT 02 / RW 05 Desa Rekaan",
    "No. 14, belakang masjid",
    "12 Garden Street",
    "Mill Road 7",
    "-6.7320, 108.5523",
    "6P58QRPX+GV7",
    "https://maps.app.goo.gl/abc",
    "///cheer.parent.mole",
    "Perumahan Griya 2",
    "Blok B",
]
HARMLESS = [
    "A safe bed, food and a worker who plans with you.",
    "Call the gate at +62 000 0000 0102, day and night.",
    "Bring nothing. No papers needed. 3 months at most.",
    "Kami menjemput Anda. Tidak perlu dokumen.",
    "Jalan keluar bagi pekerja; program berjalan 90 hari.",
    "Open 08.00-16.00, answers within 3 working days.",
]


@pytest.mark.parametrize("text", ADDRESSES)
def test_words_that_lead_to_a_hidden_place_are_found(text: str) -> None:
    assert rules.named_streets(text)


@pytest.mark.parametrize("text", HARMLESS)
def test_ordinary_words_are_left_alone(text: str) -> None:
    assert rules.named_streets(text) == ()


def test_the_areas_of_a_hidden_place_become_provinces() -> None:
    assert rules.provinces_only(["32.74", "32.09", "NATIONAL"]) == ("32", "NATIONAL")

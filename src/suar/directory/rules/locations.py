"""Clues in a text that lead to a place: streets, houses, coordinates, map links, districts.

A miss can cost a life and a false alarm a minute, so each pattern asks only for what an address
has and other sentences seldom do: a number, a capital letter, or a word that nothing else uses.
"""

import re
from collections.abc import Iterable
from functools import cache
from uuid import UUID, uuid5

from suar.directory import catalogue

UNIT = r"""(?!\s*(?:menit|jam|hari|minggu|bulan|tahun|kali|meter|m\b|km\b|kilo|orang|ribu|juta
    |rupiah|persen|%|lembar|rangkap|salinan|foto|kamar|pekerja|minutes?|hours?|days?|weeks?|months?|years?
    |people|persons?|metres?|miles?|times))"""
NUMBER = rf"(?:no(?:mor)?\b\s*[.:]?\s*)?\d{{1,4}}[a-z]?\b{UNIT}"
NO_NAME = r"""(?:kaki|keluar|masuk|pulang|pintas|tengah|terus|tol|umum|buntu|hidup|hukum|damai|lain
    |cepat|aman|terbaik|bersama|bareng|sendiri|dulu|saja|lagi|sampai|selama|setiap|sejak|sebentar
    |yang|dan|atau|untuk|dengan|tanpa|itu|ini|agar|supaya|karena|jika|kalau|tapi|tetapi|ketika
    |saat|pada|ke|di|dari|kami|anda|mereka|kita|bisa|harus|tidak|lebih|menuju|malam|siang|pagi)\b"""
ROAD = r"(?:street|road|lane|avenue|alley|boulevard|crescent)"
STREETS = rf"""
    \b(?:jl|jln|gg|lrg)\b\s*\.?\s*(?!kaki\b|keluar\b)\w+
    | \bjalan\s+(?:raya\s+)?(?!{NO_NAME})(?:(?-i:[A-Z])\w*|{NUMBER})
    | \bjalan\s+(?!{NO_NAME})(?:\w+\s+){{1,3}}{NUMBER}
    | \bjalan\s+(?:raya\s+)?(?:aman|damai|hidup|hukum|tengah|umum|buntu|terbaik)\s+{NUMBER}
    | \b(?:di|ke)\s+jalan\s+(?!{NO_NAME}|raya\b(?!\s+(?-i:[A-Z])))\w{{3,}}
    | \b(?:gang|lorong)\s+(?:raya\s+)?(?:(?-i:[A-Z])\w*|{NUMBER})
    | \b(?:gang|lorong)\s+(?!of\b|and\b|yang\b|dan\b)\w+\s+{NUMBER}
    | \b\d{{1,4}}[a-z]?,?\s+(?:\w+\s+){{1,2}}{ROAD}\b
    | \b\d{{1,4}}[a-z]?,?\s+(?-i:(?:[A-Z][\w']*\s+){{1,3}}
        (?:St|Rd|Ave|Ln|Blvd|Dr|Drive|Close|Court)\b)
    | \b\w+\s+{ROAD}\s+{NUMBER}
    | (?-i:\b(?!(?:The|On|A|In|Off|Every|Any|No|This|Our|Your|From|Main)\b)[A-Z][a-z']+
        \s+(?:Street|Road|Lane|Avenue|Alley|Boulevard|Crescent)\b(?!\s+[Cc]hild))
    | (?-i:\b[A-Z][a-z']+\s+(?:St|Rd|Ave|Ln|Blvd)\b)\.?(?:\s*(?:[,;]|$|{NUMBER}))
    | \b(?:on|at|near|off|along)\s+(?!(?:the|an?|any|every|this|that|each|our|your|their|his|her
        |main|busy|public|side|dirt)\b)\w+\s+{ROAD}\b
    | \b(?:strada|rruga|ulica|rr\.|ul\.)\s+(?-i:[A-ZĂÂÎȘȚËÇČĆŽŠĐ])\w*
    | \b(?:đường|phố)\s+(?-i:[A-ZĐ])\w*
    | \b(?:ул\.|улица|улице|пер\.|переулок)\s*(?-i:[\u0410-\u042f\u0401])\w*
    | (?:ถนน|ซอย|ຖະໜົນ|ຮ່ອມ|ផ្លូវ(?:លេខ)?|شارع)\s*[^\s\d]{{0,20}}\s*\d{{1,4}}\b
    | [路街巷]\s*\d{{1,4}}\s*[号號弄]
"""
HOUSES = rf"""
    \b(?:komplek|kompleks|perumahan|perumnas|blok)\s+(?:(?-i:[A-Z])\w*|{NUMBER})
    | \b(?:perum|komp|kompl|kav|kavling|apartemen|apartment|rusunawa|rusun|ruko)\b\s*\.?\s*
        (?!bulog|damri|peruri|perhutani|jasa|antara|pegadaian)(?:(?-i:[A-Z])\w*|{NUMBER})
    | \b(?:perum|perumahan|komp|komplek|kompleks)\b\s*\.?\s*(?:griya|puri|taman|bumi|pondok|graha
        |vill?a|permata|citra|bukit|mutiara|asri|indah)\b
    | \bblock\s+(?:(?-i:[A-Z])\b|{NUMBER})
    | \b(?:rumah|house)\s+(?:no|nomor|number|nr)\b\s*[.:]?\s*\d{{1,4}}[a-z]?\b(?!\s*[\d-])
    | \bnomor\s+rumah\s*:?\s*\d{{1,4}}[a-z]?\b(?!\s*[\d-])
    | \b(?:rt\s*/\s*rw|rt|rw)\s*[./:]?\s*\d+
    | \brukun\s+(?:tetangga|warga)\s+\d+
    | \bno(?:mor)?\s*[.:]?\s*\d{{1,4}}[a-z]?\s*(?:,|rt\b|rw\b|blok\b)
    | \b(?:dusun|desa|dukuh|kampung|kelurahan|lingkungan|kp\.?|kel\.)\s*(?:\w+\s+)?
        (?:{NUMBER}|(?-i:[IVX]{{1,4}}\b))
    | \b(?:village|hamlet)\s+(?:no\.?\s*|number\s+)?\d{{1,3}}\b{UNIT}
    | \b(?:kode\s*pos|postal\s+code|post\s?code|zip(?:\s+code)?)\s*:?\s*\d{{5}}
"""
POSITIONS = r"""
    \d\s*[°º˚]\s*(?:\d{1,2}(?:[.,]\d+)?\s*['\u2019\u2032]|[NSEW]\b|LS\b|LU\b|BT\b|BB\b)
    | \d[.,]\d+\s*(?-i:LS|LU|BT|BB)\b
    | \b(?:lintang|bujur|latitude|longitude|koordinat|coordinates?|lat\s*[:=]|lo?ng?\s*[:=])
        \s*[:=]?\s*(?:selatan|utara|timur|barat)?\s*[:=]?\s*[-\u2212\u2013]?\d+(?:[.,]\d+)?
    | \b[23456789CFGHJMPQRVWX]{4,8}(?:\+|%2B)[23456789CFGHJMPQRVWX]{2,3}\b
    | \bgeo:-?\d
"""
MAPS = r"""
    \b(?:maps\.app|goo\.gl|g\.page|g\.co/|maps?\.google|google\.[a-z.]+/maps|share\.google|maps\.apple
        |bing\.com/maps|yandex\.[a-z.]+/maps|here\.com|maps\.me|plus\.codes|waze\.com|openstreetmap
        |osm\.org|osmand|organicmaps|w3w\.co|what3words)
    | \bwaze\b | \bw3w\b | ///\w+\.\w+\.\w+
    | (?<![\w.@/-])(?!www\.)(?-i:[a-z]{3,}\.[a-z]{3,}\.(?!(?:com|org|net|info|int|gov|edu|app|page
        |site|online|web|asia|biz|dev|html?|pdf|php|example|test|invalid|ngo|help|care|charity)
        \b)[a-z]{3,})
        (?![\w./@-])
"""
PAIR = re.compile(
    r"(?<![\d.,])([-\u2212\u2013]?\d{1,2}[.,]\d{2,})(?:\s*[,;/]\s*|\s+)([-\u2212\u2013]?\d{1,3}[.,]\d{2,})(?![\d.,]*\d)"
)
FARTHEST_NORTH, FARTHEST_EAST, EAST_OF_HOURS = 90, 180, 90
AREA = re.compile(
    r"""
    \b(?i:kabupaten|kab\.|kota|kecamatan|kec\.|kelurahan|kel\.|desa|dusun|dukuh|kampung|kp\.)\s+
        (?!Anda|Kami|Saya|Kita|Mereka)[A-Z]\w+(?:\s+[A-Z]\w+)?
    | \b[A-Z]\w+\s+(?:[Vv]illage|[Hh]amlet|[Rr]egency|[Ss]ub-?district|[Dd]istrict)\b
    | \b(?i:village|hamlet|regency|sub-?district|district|city|town)\s+of\s+[A-Z]\w+
    """,
    re.VERBOSE,
)
KIND_OF_DISTRICT = re.compile(
    r"""
    ^(?:Kabupaten|Kota|Huyện|Thành\ phố|Rrethi|Qyteti|Districtul|Orașul|Municipiul|Okrug|Grad|Округ
        |Город|مقاطعة|مدينة|ស្រុក|ក្រុង|อำเภอ|เมือง|ເມືອງ|ນະຄອນ)\s*
    | \s*(?:Regency|City|县|市|ခရိုင်|မြို့)$
    """,
    re.VERBOSE,
)
"""The kind of district in a name: districts with the same name match alike."""


def find_street_clues(text: str) -> tuple[str, ...]:
    """Return the pieces of a text that read like an address, a position or a link to a map.

    Source: own design, docs/decisions/directory and directory-upkeep (a scraper who wants shelter addresses).
    """
    text = _collapse_spaces(text)
    streets = [match.group(0).strip(" ,;") for match in _street_pattern().finditer(text)]
    return (*streets, *(match.group(0) for match in PAIR.finditer(text) if _is_position(match)))


def find_districts(text: str) -> tuple[str, ...]:
    """Return the districts, towns and villages that a text names, without repeats and provinces.

    Source: own design, docs/decisions/hidden-places (a village in prose undoes that areas are widened).
    """
    text = _collapse_spaces(text)
    matches = [*AREA.finditer(text), *_district_pattern().finditer(text)]
    pieces = [item.group(0) for item in sorted(matches, key=lambda one: (one.start(), -one.end()))]
    names: list[str] = []
    for piece in pieces:
        if not any(piece in longer for longer in names):
            names.append(piece)
    return tuple(names)


def _collapse_spaces(text: str) -> str:
    """Collapse spaces: a pattern would try every way to split them."""
    return " ".join(text.split())


def _is_position(pair: re.Match[str]) -> bool:
    """Return True for coordinates, False for two prices or times of day."""
    first, second = (re.sub("[\u2212\u2013]", "-", group).replace(",", ".") for group in pair.groups())
    north, east = float(first), float(second)
    if abs(north) > FARTHEST_NORTH or abs(east) > FARTHEST_EAST:
        return False
    fractions = [item.partition(".")[2] for item in (first, second)]
    if any(set(fraction) == {"0"} for fraction in fractions):
        return False
    exact = all(len(fraction) > 3 for fraction in fractions)
    prices = all(len(fraction) == 3 and fraction.endswith("0") for fraction in fractions)
    return exact or first.startswith("-") or (abs(east) >= EAST_OF_HOURS and not prices)


@cache
def _street_pattern() -> re.Pattern[str]:
    """Compile the pattern on first use: compiling is slow."""
    return re.compile("|".join((STREETS, HOUSES, POSITIONS, MAPS)), re.VERBOSE | re.IGNORECASE)


@cache
def _district_pattern() -> re.Pattern[str]:
    """Compile one pattern of the names of all districts in every language."""
    districts = {
        KIND_OF_DISTRICT.sub("", words)
        for code, one in catalogue.places().items()
        if "." in code
        for words in one.labels.values()
    }
    names = sorted((re.escape(name) for name in districts), key=len, reverse=True)
    return re.compile(rf"(?<![A-Za-z])(?:{'|'.join(names)})(?![A-Za-z])", re.IGNORECASE)


def widen_to_provinces(areas: Iterable[str]) -> tuple[str, ...]:
    """Widen the areas of a service with a hidden place: districts become their province.

    Source: own design, docs/decisions/directory.
    """
    return tuple(sorted({catalogue.province_of(area) or area for area in areas}))


def placeholder_id(service: UUID) -> UUID:
    """Return the id under which others know that a service has a hidden site.

    It depends on the service alone: it stays the same when the place moves and whatever their number.

    Source: own design, docs/decisions/directory.
    """
    return uuid5(service, "a place that is not told")

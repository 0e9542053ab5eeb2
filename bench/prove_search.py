"""`./suar prove search`: try needs and phrases at the public site with the invented directory, into docs/search.md.

`--needs` and `--phrases` score other files and write nothing. `--check` writes nothing and fails if a goal is missed.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any
from uuid import UUID

import django

django.setup()

from django.conf import settings  # noqa: E402 - after the set-up
from django.test import Client, override_settings  # noqa: E402 - as above
from django.test.runner import DiscoverRunner  # noqa: E402 - as above

from bench.figures import DOCS, ROOT, run_facts  # noqa: E402 - as above
from suar.core import clock  # noqa: E402 - as above
from suar.demo import directory  # noqa: E402 - as above
from suar.directory import catalogue, queries  # noqa: E402 - as above
from suar.directory.search import SearchQuery  # noqa: E402 - as above
from suar.website.forms import MAX_SEARCH_CHARACTERS, NEEDS, FindForm  # noqa: E402 - as above
from tests.website.asking import ask, ticket_of  # noqa: E402 - as above

FOLDER, PAGE = ROOT / "tests" / "search", DOCS / "search.md"
BY_DAY, BY_NIGHT = datetime(2026, 11, 25, 3, 0, tzinfo=UTC), datetime(2026, 11, 25, 14, 0, tzinfo=UTC)
PAGES, OLDEST = 3, 120
HEAD = (FOLDER / "report.txt").read_text("utf-8")
"""The text above the figures of docs/search.md."""
ROWS = {
    "needs": ("points of needs", "90%"),
    "found": ("needs: something right is found", ""),
    "right first": ("needs: a right one stands first", ""),
    "all others listed": ("needs: all others are listed", ""),
    "shows what decides": ("needs: the list shows what decides", ""),
    "nothing wrong before it": ("needs: nothing wrong stands before it", ""),
    "unsafe": ("needs: something unsafe stands before it", "0"),
    "phrases": ("phrases: a right one stands first", "90%"),
    "nothing": ("phrases: nothing at all is found", "0"),
    "towns": ("word and town: nothing, although the town's list has it", "0"),
}
PICTURE = ("needs", "kinds")
POINTS = ("found", "right first", "all others listed", "shows what decides", "nothing wrong before it")
GOALS = {"needs": 0.9, "phrases": 0.9}
LOCAL = frozenset({"id", "jv", "su", "min", "bug", "mad", "ban", "bjn", "ace", "bbc"})
"""Languages of the country: a speaker of another one is taken to be a foreigner."""
SEX = {
    "woman": "woman",
    "man": "man",
    "girl": "girl",
    "boy": "boy",
    "trans woman": "trans",
    "trans man": "trans",
    "trans": "trans",
}
CHOICES = json.loads((FOLDER / "pictures.json").read_text("utf-8"))
TOWNS = ("Kota Cirebon", "Kabupaten Indramayu", "Kota Bandung", "Kota Bogor", "Kabupaten Garut")
WORDS = {
    "en": {"doctor": "HEALTH", "lawyer": "JUSTICE", "shelter": "HOUSING", "money": "BAS_CASH"},
    "id": {"dokter": "HEALTH", "pengacara": "JUSTICE", "menginap": "HOUSING", "takut": "SAFETY"},
}
ENTRY = re.compile(
    r'<li class="entry".*?name="open" value="([0-9a-f-]{36})"(.*?)(?=<li class="entry"|</section>|</form>)', re.DOTALL
)
NEXT = re.compile(r'name="after" value="([^"]+)">')
TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True, slots=True)
class Listed:
    """A service in a list, and the words that the list shows about it."""

    service: str
    words: str


@dataclass(frozen=True, slots=True)
class ScoredNeed:
    """A need with its points, and whether something unsafe stands before what is right."""

    need: Mapping[str, Any]
    points: tuple[bool, ...]
    unsafe: bool
    first: str
    listed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScoredPhrase:
    """A phrase with what stands first: right, acceptable, else, or nothing."""

    phrase: Mapping[str, Any]
    first: str
    name: str
    is_listed: bool


@dataclass(frozen=True, slots=True)
class Scored:
    """All that was tried."""

    needs: list[ScoredNeed]
    phrases: list[ScoredPhrase]
    lost_towns: list[str]
    towns: int

    @property
    def figures(self) -> dict[str, list[int]]:
        """Return each figure as a count and the number of trials."""
        points = [point for need in self.needs for point in need.points]
        return {
            "needs": [sum(points), len(points)],
            "unsafe": [sum(need.unsafe for need in self.needs), len(self.needs)],
            **{name: [sum(need.points[at] for need in self.needs), len(self.needs)] for at, name in enumerate(POINTS)},
            "phrases": [sum(row.first == "right" for row in self.phrases), len(self.phrases)],
            "nothing": [sum(row.first == "nothing" for row in self.phrases), len(self.phrases)],
            "towns": [len(self.lost_towns), self.towns],
        }


def main(words: list[str]) -> int:
    """Score the trial, print the figures, write the page, and return 1 if a goal is missed with `--check`."""
    parser = argparse.ArgumentParser(prog="./suar prove search", description=__doc__)
    parser.add_argument("--needs", type=Path, default=FOLDER / "needs.json")
    parser.add_argument("--phrases", type=Path, default=FOLDER / "phrases.json")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args(words)
    with invented_world():
        scored = score(*(json.loads(path.read_text("utf-8")) for path in (options.needs, options.phrases)))
        if options.verbose:
            print("\n".join(_details(scored)))
    table = _table(scored)
    print(table)
    own = {options.needs, options.phrases} == {FOLDER / "needs.json", FOLDER / "phrases.json"}
    if own and not options.check:
        PAGE.write_text(_page(scored, table), "utf-8")
    return int(options.check and bool(missed_goals(scored)))


@contextmanager
def invented_world() -> Iterator[None]:
    """Create a test database with the invented directory."""
    runner = DiscoverRunner(verbosity=0, interactive=False)
    runner.setup_test_environment()
    databases = runner.setup_databases()
    try:
        with clock.stopped(BY_DAY):
            directory.load(at=clock.now())
        yield
    finally:
        runner.teardown_databases(databases)
        runner.teardown_test_environment()


def score(needs: Iterable[Mapping[str, Any]], phrases: Iterable[Mapping[str, Any]]) -> Scored:
    """Try all needs and phrases as somebody without script would, and return what they find."""
    with override_settings(
        ROOT_URLCONF="suar.website.public_urls", MIDDLEWARE=[*settings.MIDDLEWARE_PUBLIC], LANGUAGE_CODE="en"
    ):
        return Scored([_score_need(need) for need in needs], [_score_phrase(row) for row in phrases], *_lost_towns())


def missed_goals(scored: Scored) -> list[str]:
    """Return the goals that are missed."""
    figures = scored.figures
    missed = [name for name, goal in GOALS.items() if figures[name][0] < goal * figures[name][1]]
    return missed + [name for name in ("unsafe", "nothing", "towns") if figures[name][0]]


def _score_need(need: Mapping[str, Any]) -> ScoredNeed:
    """Try a need by its picture, by its picture and words, and by the words of its topic alone.

    Somebody who is asked what a picture means chooses by the words of the need, unless its author says which. The best
    try counts, and an unsafe answer in any of them or in what stands there before the choice.
    """
    answers = _answers(need)
    by_topic = {name: value for name, value in answers.items() if name not in PICTURE} | {"text": need["topic"]}
    tried = [answers, answers | {"text": _shorten(need["need"])}, by_topic]
    with clock.stopped(BY_NIGHT if need["tonight"] else BY_DAY):
        tries = [_score_list(need, search(**chosen)) for chosen in tried]
        before_choice = _score_list(need, search(**{name: answers[name] for name in answers if name != "kinds"}))
    best = max(tries, key=lambda scored: sum(scored.points))
    return replace(best, unsafe=any(scored.unsafe for scored in (*tries, before_choice)))


def _score_list(need: Mapping[str, Any], listed: list[Listed]) -> ScoredNeed:
    order = [row.service for row in listed]
    right = next((row for row in listed if row.service in need["right"]), None)
    before = {*(order[: order.index(right.service)] if right else order)}
    unsafe = {row["service"] for row in need["unsafe"]} - {None}
    points = (
        right is not None,
        bool(order) and order[0] in need["right"],
        {*need["also"]} <= {*order},
        right is not None and _shows_what_decides(right),
        right is not None and not before & {*need["not_first"], *unsafe},
    )
    return ScoredNeed(need, points, bool(before & unsafe), _name(order[0]) if order else "", (*order,))


def _answers(need: Mapping[str, Any]) -> dict[str, Any]:
    """Return what somebody with this need chooses in the form; fields that the form lacks are left out."""
    form, children = FindForm(), need["children"]
    tile = need.get("picture") or picture(need["topic"])
    who = SEX.get(need["sex"], "")
    answers = {
        "needs": tile,
        "kinds": need["kind"] if "kind" in need else kind_of(tile, need["need"], need["topic"]),
        "place": _place(need["place"]),
        "who": who,
        "age": need["age"],
        "age_unknown": "on" if need["age"] is None else None,
        "children": "on" if children else None,
        "child_age": max(children, default=None),
        "citizen": "FOREIGN" if need["language"] not in LOCAL else None,
        "spoken": need["language"] if need["language"] in catalogue.languages() else None,
        "now": "on" if need["tonight"] else None,
    }
    return {name: value for name, value in answers.items() if name in form.fields and value not in (None, "")}


def picture(topic: str) -> str:
    """Return the picture with the words of a topic, or the nearest one."""
    exact = next((need.name for need in NEEDS.values() if str(need.words) == topic), "")
    words = topic.casefold()
    return exact or next((name for word, name in CHOICES["pictures"].items() if word in words), "unsure")


def kind_of(tile: str, *texts: str) -> str | None:
    """Return what somebody who tapped a picture chooses by the words of their need, or None."""
    choices = CHOICES["kinds"].get(tile, {})
    matching = (kind for text in texts for kind in choices if re.search(rf"\b({choices[kind]})", text.casefold()))
    chosen = f"{tile}-" + next(matching, CHOICES["otherwise"].get(tile, "else"))
    return chosen if any(kind.name == chosen for kind in NEEDS[tile].kinds) else None


def _place(name: str | None) -> str:
    """Return the code of a place by its Indonesian name."""
    places = catalogue.places()
    return next((code for code in places if name and name.startswith(places.label(code, "id"))), "")


def _shorten(text: str) -> str:
    """Return whole words that the field for words takes."""
    return text if len(text) <= MAX_SEARCH_CHARACTERS else text[:MAX_SEARCH_CHARACTERS].rpartition(" ")[0]


def _score_phrase(phrase: Mapping[str, Any]) -> ScoredPhrase:
    with clock.stopped(BY_DAY):
        order = [row.service for row in search(lang=phrase["lang"], text=phrase["text"][:MAX_SEARCH_CHARACTERS])]
    good = {*phrase["right"], *phrase["acceptable"]}
    kind = "else"
    if not order:
        kind = "nothing"
    elif order[0] in phrase["right"]:
        kind = "right"
    elif order[0] in phrase["acceptable"]:
        kind = "acceptable"
    return ScoredPhrase(phrase, kind, _name(order[0]) if order else "", bool(good & set(order)))


def _tried_towns() -> Iterator[tuple[str, str, str, set[str]]]:
    """Yield language, word, town and types of each pair where the list of the town has a service."""
    for language, words in WORDS.items():
        for word, code in words.items():
            for town in TOWNS:
                query = SearchQuery(needs=(code,), place=_place(town))
                if queries.search_services(query, most=1).cards:
                    yield language, word, town.split()[-1], {*catalogue.types_of([code])}


def _lost_towns() -> tuple[list[str], int]:
    """Return each word with a town that finds nothing of its kind, and how many were tried."""
    with clock.stopped(BY_DAY):
        tried = [*_tried_towns()]
        lost = []
        for language, word, town, types in tried:
            rows = search(lang=language, text=f"{word} {town}")
            cards = queries.cards_by_id(UUID(row.service) for row in rows).values()
            if not any(types & {*card.types} for card in cards):
                lost.append(f"{word} {town}")
    return lost, len(tried)


def search(**chosen: Any) -> list[Listed]:
    """Send the form of the start page and return the list, page after page."""
    client, listed, after = Client(headers={"host": "localhost"}), [], ""
    for _page in range(PAGES):
        language = chosen.get("lang", "en")
        ticket = ticket_of(client.get(f"/{language}/"))
        page = ask(client, ticket=ticket, **{"lang": language, **chosen}, **({"after": after} if after else {}))
        text = page.content.decode()
        assert page.status_code == 200, text
        main = text.partition('data-group="no"')[0] + "</form>"
        listed += [Listed(service, _plain(words)) for service, words in ENTRY.findall(main)]
        following = NEXT.search(text)
        if not following:
            break
        after = following[1]
    first: dict[str, Listed] = {}
    for row in listed:
        first.setdefault(row.service, row)
    return [*first.values()]


def _shows_what_decides(row: Listed) -> bool:
    """Return True if a row shows a number, hours and each limit of whom the service takes."""
    card = queries.service_card(UUID(row.service), language="en")
    facts, words = card.facts, row.words
    numbers = [phone.number for phone in card.phones] + ([card.urgent.number] if card.urgent else [])
    limits = [str(age) for age in (facts.age_min, facts.age_max) if age is not None and 0 < age < OLDEST]
    if facts.children_with == "UNDER_AGE_LIMIT":
        limits.append(str(facts.children_age_limit))
    if facts.sex and "ANY" not in facts.sex:
        limits.append("women" if "FEMALE" in facts.sex else "men")
    hours = "day and night" if facts.opening == "24_7" else ":" if card.hours else ""
    return any(number in words for number in numbers) and hours in words and all(limit in words for limit in limits)


def _name(service: str) -> str:
    return str(queries.service_card(UUID(service), language="en").name)


def _plain(html: str) -> str:
    return unescape(" ".join(TAG.sub(" ", html).split()))


def _table(scored: Scored) -> str:
    figures, before = scored.figures, _before()["figures"]
    cells = {name: [f"{count} of {of}" for count, of in (before[name], figures[name])] for name in ROWS}
    return "\n".join(f"| {what} | {' | '.join(cells[name])} | {goal} |" for name, (what, goal) in ROWS.items()) + "\n"


def _page(scored: Scored, table: str) -> str:
    head = HEAD.format(
        **run_facts(),
        before=_before()["commit"],
        needs=len(scored.needs),
        phrases=len(scored.phrases),
    )
    return head + table + "\nNot as wanted now:\n\n" + "\n".join(f"- {line}" for line in _misses(scored)) + "\n"


def _before() -> dict[str, Any]:
    stored: dict[str, Any] = json.loads((FOLDER / "before.json").read_text("utf-8"))
    return stored


def _misses(scored: Scored) -> Iterator[str]:
    """Yield what each need misses, and each phrase without a right service first."""
    for row in scored.needs:
        missing = [name for name, point in zip(POINTS, row.points, strict=True) if not point]
        if missing:
            yield f"{row.need['id']} ({row.need['topic']}): {', '.join(missing)}; first is {row.first}"
    for phrase in scored.phrases:
        if phrase.first != "right":
            yield f"{phrase.phrase['id']} ({phrase.phrase['text']}): {phrase.first}; first is {phrase.name or 'nobody'}"


def _details(scored: Scored) -> Iterator[str]:
    for need in scored.needs:
        marks = "".join("+" if point else "-" for point in need.points)
        missing = (
            [] if need.points[2] else [_name(service) for service in need.need["also"] if service not in need.listed]
        )
        unsafe = " UNSAFE" if need.unsafe else ""
        yield f"{need.need['id']} {marks}{unsafe} {need.need['topic']}: {need.first}; not listed: {missing}"
    for row in scored.phrases:
        yield f"{row.phrase['id']} {row.first}{'' if row.is_listed else ' LOST'} {row.phrase['text']}: {row.name}"
    yield from (f"lost: {town}" for town in scored.lost_towns)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

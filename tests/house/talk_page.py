"""Write the tables of docs/talk.md from the data of the talk.

DJANGO_SETTINGS_MODULE=tests.settings PYTHONPATH=src:. .venv/bin/python -m tests.house.talk_page
updates the file; a test compares the two.
"""

import re
from collections.abc import Callable, Sequence

from suar.screening.rules.answers import LATEST, Element, Path
from suar.screening.rules.instrument import Instrument, Sign, Wording, instrument
from suar.screening.rules.reference import country_lines, forbidden_questions, settings
from tools.places import ROOT, say

PAGE = ROOT / "docs" / "talk.md"
PART = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
FULL = instrument("full", LATEST["full"])
SHOWN_KINDS = ("sign", "told", "seen")


def render_page(page: str) -> str:
    """Return the page with every generated table."""
    return PART.sub(lambda part: part[1] + PARTS[part[2]]() + part[3], page)


def _table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = [f"| {' | '.join(map(str, row))} |" for row in rows]
    return "\n".join([f"| {' | '.join(heads)} |", "|" + "---|" * len(heads), *lines]) + "\n"


def _both(text: Wording) -> str:
    return f"{text['en']} / *{text['id']}*"


def _forms() -> str:
    talks = [instrument(code, version) for code, version in LATEST.items()]
    return _table(
        ("form", "minutes", "pages", "prompts on what happened"),
        [(_both(talk.title), talk.minutes, _pages(talk), _prompts_of(talk)) for talk in talks],
    )


def _pages(talk: Instrument) -> str:
    return "; ".join(f"{slot.part}: {slot.title['en']}" for slot in talk.steps)


def _prompts_of(talk: Instrument) -> int:
    return sum(q.kind in ("sign", "told") for q in talk.questions.values())


def _outcomes() -> str:
    rows = FULL.tables.outcomes.values()
    return _table(
        ("what the screen says", "what the person hears", "what comes next"),
        [(_both(row.label), row.say["en"], row.next["en"]) for row in rows],
    )


def _prompts() -> str:
    lines = []
    for theme, label in FULL.themes.items():
        asked = [q for q in FULL.questions.values() if q.theme == theme]
        asked = [q for q in asked if q.kind in SHOWN_KINDS]
        if asked:
            lines += [f"**{label['en']}** / *{label['id']}*", ""]
            lines += [f"- {_both(q.text)}{_about(q.asks, q.paths)}" for q in asked] + [""]
    return "\n".join(lines)


def _about(asks: frozenset[Element], paths: frozenset[Path]) -> str:
    told = [item.lower() for item in Element if item in asks]
    only = {frozenset({Path.ADULT}): " (18 or over)", frozenset({Path.CHILD}): " (under 18)"}
    no = f" A “no sign” counts as asked for: {', '.join(told)}." if told else ""
    return only.get(paths, "") + no


def _signs() -> str:
    rows = [
        (
            sign.element.lower() if sign.element else "none",
            sign.text["en"],
            _weight(sign.strength[Path.ADULT]),
            _weight(sign.strength[Path.CHILD]),
            _remarks(sign),
        )
        for sign in FULL.signs.values()
    ]
    return _table(("element", "sign", "weight", "for a child", ""), rows)


def _weight(strength: object) -> str:
    return "not scored" if strength is None else str(strength)


def _remarks(sign: Sign) -> str:
    told = {"observed": "seen", "conditions": "poor condition", "holds": "holds the person"}
    more = [f"{weight} for an adult beside a strong sign that holds" for weight in sign.beside_strong.values()]
    return ", ".join([*(words for name, words in told.items() if getattr(sign, name)), *more])


def _unmapped() -> str:
    unmapped = FULL.unmapped
    return "".join(f"- `{code}`: {because['en']}\n" for code, because in unmapped.items())


def _stops() -> str:
    return _table(
        ("rule", "when", "what is kept"),
        [(_both(stop.label), stop.what["en"], KEEPS[stop.keeps]) for stop in FULL.stops.values()],
    )


KEEPS = {
    "WISHED": "codes, and what the person wishes",
    "CODES": "codes only: no wish could be asked freely",
    "NO_SIGNS": "codes without any sign",
    "BARE": "that a talk ended, and nothing else",
}


def _children() -> str:
    rows = [
        (
            band.band.lower().replace("_", " "),
            band.minutes,
            band.asks_experience.lower(),
            " ".join(how["en"] for how in band.how),
        )
        for band in FULL.bands.values()
    ]
    return _table(("age", "minutes", "who asks about what happened", "how"), rows)


def _settings() -> str:
    rows = [(_both(setting.label), setting.form, setting.first["en"]) for setting in settings().settings.values()]
    return _table(("place", "longest form", "first"), rows)


def _country() -> str:
    lines = country_lines("ID")
    return _table(
        ("", "what is said", "what stands behind it"),
        [(line.state.lower(), _both(line.text), line.basis["en"]) for line in lines],
    )


def _never() -> str:
    return _table(
        ("what is never asked", "why"), [(_both(item.label), item.because["en"]) for item in forbidden_questions()]
    )


PARTS: dict[str, Callable[[], str]] = {
    "forms": _forms,
    "outcomes": _outcomes,
    "prompts": _prompts,
    "signs": _signs,
    "unmapped": _unmapped,
    "stops": _stops,
    "children": _children,
    "settings": _settings,
    "country": _country,
    "never": _never,
}


if __name__ == "__main__":
    PAGE.write_text(render_page(PAGE.read_text("utf-8")), "utf-8")
    say("docs/talk.md was written.")

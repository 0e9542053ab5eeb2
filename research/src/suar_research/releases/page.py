"""A release as a page of HTML that needs nothing besides: tables, rules, and what was audited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from itertools import product
from typing import Any

from suar_research.releases.cells import Design
from suar_research.releases.published import Published, says

STYLE = """
:root{color-scheme:light dark;--ink:#1d2a2a;--paper:#fbf8f1;--line:#b9c4bf;--quiet:#4c5f5b}
@media(prefers-color-scheme:dark){:root{--ink:#e9eeea;--paper:#152020;--line:#45564f;--quiet:#a9bab3}}
body{margin:0 auto;max-width:70rem;padding:1rem;font:1rem/1.5 system-ui,sans-serif;color:var(--ink);
background:var(--paper)}div{overflow-x:auto;margin-block:1rem 2rem}table{border-collapse:collapse}
caption{text-align:start;font-weight:600;padding-block:.5rem}
th,td{border:1px solid var(--line);padding:.3rem .6rem;text-align:end}th{text-align:start}
.sum{font-weight:600}.held{color:var(--quiet)}
""".replace("\n", "")


def page(made: Published, told: Mapping[str, Any], said: Sequence[str]) -> str:
    """Write the page; `told` holds version and numbers, `said` the sentences below.

    No digest of the file stands on it: whoever knows all but a few cells could try which fit.
    """
    about = f"Suar {told['version']}"
    whom = f" Only: {says(made.design.where)}." if made.design.where else ""
    small = ": hidden, because it or another cell holds few people."
    tables = "".join(_table(made, table) for table in made.design.tables)
    below = "".join(f"<li>{escape(each)}</li>" for each in said)
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width"><title>Tables</title><style>{STYLE}</style><main>'
        f"<h1>Tables of identified people</h1><p>These are people who were identified, not all who "
        f"were trafficked.{escape(whom)} <b>x</b>{small}</p>{tables}"
        f"<h2>How it was made</h2><ul>{below}</ul><p>{escape(about)}</p></main></html>\n"
    )


def _table(made: Published, names: tuple[str, ...]) -> str:
    """Write a table: the last column across, the others down."""
    across = names[-1]
    heads = "".join(f'<th scope="col">{escape(code)}</th>' for code in made.design.codes[across])
    down = "".join(f'<th scope="col">{escape(name)}</th>' for name in names[:-1])
    corner = down or '<th scope="col"></th>'
    rows = "".join(_row(made, names, chosen) for chosen in _lines(made.design, names[:-1]))
    return (
        f'<div tabindex="0" role="region" aria-label="{escape(" x ".join(names))}"><table><caption>'
        f"{escape(' x '.join(names))}</caption><thead><tr>{corner}{heads}"
        f'<th scope="col">all</th></tr>'
        f"</thead><tbody>{rows}</tbody></table></div>"
    )


def _lines(design: Design, names: tuple[str, ...]) -> list[tuple[str | None, ...]]:
    return list(product(*((*design.codes[name], None) for name in names)))


def _row(made: Published, names: tuple[str, ...], chosen: tuple[str | None, ...]) -> str:
    on = [(name, code) for name, code in zip(names, chosen, strict=False) if code is not None]
    cells = [*((names[-1], code) for code in made.design.codes[names[-1]]), None]
    whole = [made.counts[tuple(sorted((*on, *([cell] if cell else []), *made.design.where)))] for cell in cells]
    heads = "".join(f'<th scope="row">{escape(code or "all")}</th>' for code in chosen)
    shown = "".join('<td class="held">x</td>' if each is None else f"<td>{each:,}</td>" for each in whole)
    kind = ' class="sum"' if None in chosen or not chosen else ""
    return f"<tr{kind}>{heads or '<th scope=row>people</th>'}{shown}</tr>"

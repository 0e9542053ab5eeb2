"""What is told on the screen as one page that needs nothing else, with its pictures inside."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from html import escape
from pathlib import Path

from suar_research.asking import Unusable

STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;color:#1f2a2e;background:#fff;max-width:62rem;"
    "margin:1rem auto;padding:0 1rem}"
    "pre{overflow-x:auto;font:14px/1.5 ui-monospace,monospace}svg{max-width:100%;height:auto}"
    "footer{font-size:.85rem;overflow-wrap:anywhere}"
    "@media (prefers-color-scheme:dark){body{background:#14191b;color:#e9eeef}}"
    "@media print{body{max-width:none;color:#000;background:#fff}pre{white-space:pre-wrap}}"
)
BULLET = "- "


def check(asked: argparse.Namespace) -> None:
    """Refuse before long work what could not be written after it; raises Unusable."""
    if asked.report is not None:
        check_place(asked.report, ".html", "a report is a page: its name must end with .html")
    if plot := getattr(asked, "plot", None):
        check_picture(plot)


def check_picture(name: str) -> None:
    """Refuse a picture that could not be written; raises Unusable."""
    check_place(name, ".svg", "a picture is drawn as SVG: its name must end with .svg")


def check_place(name: str, ending: str, otherwise: str) -> None:
    """Refuse a file of another ending, one that is there, and a folder that is not."""
    path = Path(name)
    if path.suffix != ending:
        raise Unusable(name, [otherwise])
    if path.exists():
        raise Unusable(name, ["it is there already; nothing was written over it"])
    if not path.parent.is_dir():
        raise Unusable(name, ["there is no such folder"])


def of_group(path: Path, group: str) -> Path:
    """Name the file of a group beside another; what no name may hold is written as `%2F`."""
    said = re.sub(r"[/\\\0%]", lambda found: f"%{ord(found[0]):02X}", group)
    return path.with_stem(f"{path.stem}-{said}")


def page(title: str, parts: Sequence[tuple[str, str]], foot: str) -> str:
    """Make the page: each part is the words of an answer, and its picture as SVG or nothing.

    `foot` are lines: who made it, of which files.
    """
    lines = "<br>".join(map(escape, foot.splitlines()))
    body = "".join(_part(words, picture) for words, picture in parts)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><main>"
        f"<h1>{escape(title)}</h1>{body}</main><footer>{lines}</footer></body></html>\n"
    )


def _part(words: str, picture: str) -> str:
    """Put the picture behind the panel, before the first heading: never before all methods."""
    blocks = [block.strip("\n") for block in words.split("\n\n") if block.strip()]
    heads = [at for at, block in enumerate(blocks) if _is_head(block.splitlines()[0])]
    first = heads[0] if heads else len(blocks)
    return "".join([*map(_block, blocks[:first]), picture, *map(_block, blocks[first:])])


def _block(block: str) -> str:
    lines = block.splitlines()
    head = ""
    if _is_head(lines[0]):
        head, lines = f"<h2>{escape(lines[0].capitalize())}</h2>", lines[1:]
    if lines and all(line.startswith((BULLET, "  ")) for line in lines) and _is_item(lines[0]):
        return f"{head}<ul>{''.join(f'<li>{escape(item)}</li>' for item in _items(lines))}</ul>"
    text = escape("\n".join(lines))
    name = f' tabindex="0" role="region" aria-label="{escape(block.splitlines()[0].strip())}"'
    return f"{head}<pre{name}>{text}</pre>" if lines else head


def _is_head(line: str) -> bool:
    words = line.partition("(")[0]
    return words.isupper() and not line.startswith(BULLET)


def _is_item(line: str) -> bool:
    return line.startswith(BULLET)


def _items(lines: Sequence[str]) -> list[str]:
    """Join what was broken into lines for a screen."""
    items: list[str] = []
    for line in lines:
        if _is_item(line):
            items.append(line.removeprefix(BULLET))
        else:
            items[-1] += " " + line.strip()
    return items

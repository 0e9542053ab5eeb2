"""Keeps figures: one JSON line each in docs/bench.jsonl, the newest of each name and database."""

import hashlib
import json
import os
import platform
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import page
from bench.figures import Figure

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
TRIALS = ROOT / ".state" / "bench"
LINES, PAGE = "bench.jsonl", "bench.md"
Told = dict[str, Any]


def keep(figures: Iterable[Figure], *, trial: bool) -> Path:
    """Put the figures in the place of older ones and write the page; gives where it stands.

    A trial at small sizes goes to a folder that is not committed.
    """
    folder = TRIALS if trial else DOCS
    folder.mkdir(parents=True, exist_ok=True)
    about = {"on": datetime.now(UTC).date().isoformat(), "commit": commit(), "machine": machine()}
    kept = {key(each): each for each in read(folder)}
    kept.update({key(each): each for each in (_line(figure) | about for figure in figures)})
    ordered = sorted(kept.values(), key=lambda each: (each["database"], page.place_of(each)))
    write(ordered, folder)
    return folder / PAGE


def read(folder: Path = DOCS) -> list[Told]:
    """Read the figures that are kept."""
    file = folder / LINES
    if not file.exists():
        return []
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def write(told: Sequence[Told], folder: Path) -> None:
    """Write the lines and the page that is drawn from them."""
    lines = [json.dumps(each, ensure_ascii=False) + "\n" for each in told]
    (folder / LINES).write_text("".join(lines), "utf-8")
    (folder / PAGE).write_text(page.drawn(told), "utf-8")


def key(told: Told) -> tuple[str, str]:
    """Tell one figure from another."""
    return told["name"], told["database"]


def commit() -> str:
    """Give the commit that is checked out, with a plus when the tree differs from it."""
    line = ["git", "describe", "--always", "--dirty=+", "--exclude=*"]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def code(*places: str) -> str:
    """Digest programs by their content, folders with all below: results are kept for the same code.

    A commit would not do: it also changes with a word in a page, and long work would begin anew.
    """
    made = hashlib.sha256()
    for place in places:
        found = ROOT / place
        for each in sorted(found.rglob("*.py")) if found.is_dir() else [found]:
            made.update(each.relative_to(ROOT).as_posix().encode() + b"\0" + each.read_bytes())
    return made.hexdigest()[:16]


def machine() -> str:
    """Say on what kind of machine this runs."""
    return f"{len(os.sched_getaffinity(0))} cores, {platform.machine()}, {platform.system()}"


def _line(figure: Figure) -> Told:
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in asdict(figure).items()}

"""Draws docs/bench.md from the figures that are kept: by database, in the order of the goals."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Told = dict[str, Any]
# Name of each figure and what it is for; a figure that is not measured yet stands there empty.
GOALS = {
    "public_search": "search among 10,000 services at the public door",
    "page_to_read": "a page of the public door to read",
    "hsds_services": "20 services for another system",
    "hsds_service": "one service with all that hangs on it",
    "hsds_organizations": "20 providers for another system",
    "hsds_places": "20 services at their places",
    "booklet_a5": "a booklet of 300 entries, put together and set",
    "booklet_large": "the same in large print",
    "booklet_compact": "the same for a pocket or a phone",
    "booklet_compact_bytes": "the weight of that",
    "case_list": "a page of 50 names out of 10,000 people",
    "case_list_cpu": "the same in CPU, beside a bare list with session and decrypted names",
    "talk_step_saved": "a step of a talk, saved as a sealed draft",
    "full_talk_step_saved": "the same of a full talk, with its page of prompts",
    "talk_summed_up": "the sum-up of a full talk, with what would change it",
    "talk_submitted": "a talk that ends, with sealing and audit",
    "talk_submitted_cpu": "the same in CPU, beside a bare encrypted form",
    "talks_lost_or_doubled": "talks lost or doubled, some ended by several at once",
    "directory_import": "taking a directory over",
    "directory_confirm_one": "confirming one entry of a large directory",
    "name_search": "finding a person by name among 20,000",
    "name_search_recall": "found among the first 20, with a typing error in each part",
    "B5_open_50_fields": "cryptography of opening a record of 50 fields",
    "B5_names_of_50_rows": "names of a page of 50 rows",
    "B6_sign_in": "a sign-in while fifty come at once",
    "B6_extra_memory": "memory that fifty at once need",
    "B6_other_pages": "other pages meanwhile",
    "B6_errors": "answers that were neither in nor busy",
    "B7_known_and_unknown_name": "how far apart a known and an unknown name are",
    "B9_events": "audit entries, each durable by itself",
    "B9_verify_a_million": "walking a chain of a million entries",
    "growth_public_search": "how search grows from 1,000 to 100,000 services",
    "public_search_huge": "search among 100,000 services at the public door",
    "growth_case_list": "how the list grows from 1,000 to 100,000 people",
    "growth_name_search": "how finding a name grows from 1,000 to 100,000 people",
    "growth_directory_import": "how taking a directory over grows with its size",
}
RESEARCH = {
    "tables_suppressed": "choosing what is hidden in a large table of people",
    "tables_noise": "counts with exact noise",
    "stepwise_uk": "a model chosen by steps, and chosen again in each replicate",
    "stepwise_SparseMSE": "the same in nine tables, beside R's SparseMSE",
    "stepwise_MultipleSystemsEstimation": "the same, beside R's MultipleSystemsEstimation",
    "stepwise_uk_many": "the same with replicates enough to settle",
    "stepwise_others": "the same in other published tables",
    "recruited_bootstraps": "recruited samples drawn again, beside R",
    "pairs_compared": "all tokens of two lists of 10,000 compared",
}
OF_A_COPY = {
    "published_search_p95": "search in a published copy of 10,000 services, in a browser at a "
    "fourth of this machine's speed",
    "published_search_p50": "the same, in the middle",
    "published_first_visit": "the heaviest first visit, packed",
    "published_kept_place": "one place kept on a phone, packed",
    "published_index": "the index of one language, packed",
    "published_build": "writing the copy in one language",
}
HEAD = """# How fast Suar is

Written by `./suar bench` from [bench.jsonl](bench.jsonl): not by hand.

- `./suar bench pages`, `./suar bench growth` and `./suar bench bars` measure one part each, plain
  `./suar bench` all of them, `./suar bench tables` what needs no database, `./suar prove published`
  a published copy. `--postgres` takes
  PostgreSQL instead of the encrypted file, `--full` longer loops; `--trial` is small and kept out
  of here.
- People and services are synthetic and seeded. Suar runs as in earnest, two workers for each door,
  and waits for the disk; the yardstick runs on the same web server and database.
- Milliseconds are those of one machine on one day. What decides is the **ratio**: CPU of all
  processes and the database for one request, over that of a bare Django project (`bench/anchor`)
  doing the nearest work in the same run, in turns. Where no nearer work exists, the yardstick is a
  page of its list.
- "Others" is the share of the cores that something else used: the larger, the less a figure says.
- The same number of queries for 10 and for 50 rows is a test of each list, not a figure.

"""
COLUMNS = ("what", "value", "p50", "CPU ms", "yardstick", "ratio", "others", "goal", "holds", "run")
HOLDS = {True: "yes", False: "**no**", None: ""}
DATABASES = {"embedded": "On the encrypted file", "postgresql": "On PostgreSQL"}
ALONE, COPY = "research", "copy"


def drawn(told: Iterable[Told]) -> str:
    """Draw the whole page."""
    figures = list(told)
    parts = [
        _table(said, [one for one in figures if one["database"] == each], GOALS) for each, said in DATABASES.items()
    ]
    alone = [one for one in figures if one["database"] == ALONE]
    parts.append(_table("In research, without a database", alone, RESEARCH))
    copied = [one for one in figures if one["database"] == COPY]
    parts.append(_table("In a published copy", copied, OF_A_COPY))
    return HEAD + "\n".join(parts)


def place_of(told: Told) -> int:
    """Give the place of a figure among the goals; one without a goal comes last."""
    return list(GOALS).index(told["name"]) if told["name"] in GOALS else len(GOALS)


def _table(said: str, figures: Sequence[Told], goals: Mapping[str, str]) -> str:
    by_name = {each["name"]: each for each in figures}
    names = [*goals, *(name for name in by_name if name not in goals)]
    rows = [_row(_cells(name, by_name.get(name))) for name in names]
    head = [_row(COLUMNS), _row(["---"] * len(COLUMNS))]
    return "\n".join([f"## {said}", "", _counted(figures), "", *head, *rows, ""])


def _counted(figures: Sequence[Told]) -> str:
    if not figures:
        return "Not measured yet."
    judged = [each for each in figures if each["holds"] is not None]
    held = sum(bool(each["holds"]) for each in judged)
    machines = " and ".join(sorted({each["machine"] for each in figures}))
    return f"{held} of {len(judged)} goals hold; {machines}."


def _cells(name: str, told: Told | None) -> list[str]:
    says = f"{(GOALS | RESEARCH | OF_A_COPY).get(name, name.replace('_', ' '))} (`{name}`)"
    if told is None:
        return [says, "not measured", *[""] * (len(COLUMNS) - 2)]
    note = f"; {told['note']}" if told["note"] else ""
    times = [_said(told[each]) for each in ("p50", "cpu_ms", "anchor", "ratio", "others")]
    value = f"{_said(told['value'])} {told['unit']}"
    goal, run = f"{told['goal']}{note}", f"{told['on']}, {told['commit']}"
    return [says, value, *times, goal, HOLDS[told["holds"]], run]


def _said(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"

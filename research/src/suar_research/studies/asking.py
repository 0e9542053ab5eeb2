"""What `./suar study` is asked: from a protocol to a record that shows what was planned."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from suar_research import clock, coverage
from suar_research.asking import Kinds, Unusable, Work, content_of, of_file, say
from suar_research.linkage.writing import FOR_ALL, Written, write_new
from suar_research.reading import refuse
from suar_research.studies import gate, outputs, protocol, record, telling
from suar_research.studies.record import Line
from suar_research.telling import wrapped

SHORTEST_SUMMARY = 200


def parser() -> argparse.ArgumentParser:
    """Make the command line of `./suar study`."""
    made = argparse.ArgumentParser(prog="./suar study", description="Records of studies: fixed first, opened after.")
    kinds = made.add_subparsers(dest="kind", required=True, metavar="KIND")
    _kind(kinds, "protocol", _protocol, "write a protocol to fill in", "--out")
    _kind(kinds, "avenues", _avenues, "list how people can be reached, and who is missed")
    for name, ready, says in (
        ("gate", _gate, "say what a protocol lacks, and which rule asks for it"),
        ("register", _register, "fix the plan and begin the record"),
        ("amend", _amend, "change the protocol; the change is shown for ever"),
    ):
        each = _kind(kinds, name, ready, says, *([] if name == "gate" else ["--record"]))
        each.add_argument("file", metavar="PROTOCOL", help=".toml or .json")
        if name == "amend":
            each.add_argument("--reason", required=True)
    opening = _kind(kinds, "open", _open, "take files into the study, by their hash", "--record")
    opening.add_argument("files", nargs="+", metavar="DATA")
    check = _kind(kinds, "check", _check, "say which results were planned", "--record")
    check.add_argument("files", nargs="*", metavar="RESULT.json")
    check.add_argument(
        "--data",
        action="append",
        default=[],
        metavar="FILE",
        help="make planned tables again from it; may be said again",
    )
    check.add_argument("--head", help="a hash that somebody kept: it must be in the record")
    check.add_argument("--strict", action="store_true", help="end with 1 unless all was planned")
    _kind(kinds, "show", _show, "tell the study as it stands", "--record")
    closing = _kind(kinds, "close", _close, "end the study with its plain summary", "--record")
    closing.add_argument("--summary", required=True, metavar="FILE")
    return made


def _kind(
    kinds: Kinds, name: str, ready: Callable[[argparse.Namespace], Work], says: str, *needed: str
) -> argparse.ArgumentParser:
    made: argparse.ArgumentParser = kinds.add_parser(name, help=says)
    made.set_defaults(ready=ready, parser=made)
    for each in needed:
        made.add_argument(each, required=True, metavar="FILE")
    made.add_argument("--json", action="store_true", help="answer as JSON")
    return made


def _protocol(asked: argparse.Namespace) -> Work:
    text = protocol.TEMPLATE.read_text("utf-8")
    return lambda: write_new(Written(asked.out, text, FOR_ALL))


def _avenues(asked: argparse.Namespace) -> Work:
    every = coverage.avenues().values()
    said = {each.code: {"name": each.name, "sees": each.sees, "misses": each.misses} for each in every}
    lines = "".join(wrapped(f"{each.code}: {each.note()}") + "\n" for each in every)
    return lambda: _say(asked, said, lines)


def _gate(asked: argparse.Namespace) -> Work:
    found = _passed(asked)
    said = {"passes": True, "plan_sha256": protocol.digest(found[protocol.PLAN])}
    return lambda: _say(asked, said, "Nothing is missing. No data may be opened before `register`.\n")


def _passed(asked: argparse.Namespace) -> protocol.Protocol:
    """Read a protocol that passes the gate; raises Unusable with all that is missing."""
    text, _ = content_of(asked, asked.file)
    with of_file(asked.file):
        found = protocol.read(text, json_format=Path(asked.file).suffix == ".json")
    # All of it: this is a list to work through, however long it is.
    if lacks := list(gate.lacks(found, _today())):
        raise Unusable(asked.file, lacks)
    return found


def _today() -> date:
    """Tell the date where this machine is: protocols are written by its calendar."""
    return clock.now().astimezone().date()


def _register(asked: argparse.Namespace) -> Work:
    found = _passed(asked)
    line = record.made(record.REGISTERED, _body(found), [], clock.now())

    def work() -> None:
        write_new(Written(asked.record, line.written()))
        _told(asked, [line])

    return work


def _body(found: protocol.Protocol) -> dict[str, Any]:
    return {
        "protocol": found,
        "protocol_sha256": protocol.digest(found),
        "plan_sha256": protocol.digest(found[protocol.PLAN]),
    }


def _lines(asked: argparse.Namespace) -> tuple[str, list[Line]]:
    """Read a record; raises Unusable where its chain is broken."""
    text, _ = content_of(asked, asked.record)
    with of_file(asked.record):
        return text, record.read(text)


def _going(asked: argparse.Namespace) -> tuple[str, list[Line]]:
    """Read a record that is not closed."""
    text, lines = _lines(asked)
    if lines[-1].kind == record.CLOSED:
        raise Unusable(asked.record, ["the study is closed"])
    return text, lines


def _amend(asked: argparse.Namespace) -> Work:
    text, lines = _going(asked)
    if len(asked.reason.strip()) < gate.SHORTEST:
        asked.parser.error("--reason: say why in a sentence")
    found = _passed(asked)
    apart = protocol.differences(record.protocol_of(lines), found)
    if not apart:
        raise Unusable(asked.file, ["nothing differs from the protocol that is in the record"])
    body = {**_body(found), "reason": asked.reason.strip(), "differences": apart}
    return _adding(asked, text, lines, (record.AMENDED, body))


def _open(asked: argparse.Namespace) -> Work:
    """Hash files, but only where the plan is fixed and the gate still holds today."""
    text, lines = _going(asked)
    with of_file(asked.record):
        refuse(gate.lacks(record.protocol_of(lines), _today()))
    data = [{"name": Path(name).name, "sha256": content_of(asked, name)[1]} for name in asked.files]
    there = record.opened(lines)
    for name, each in zip(asked.files, data, strict=True):
        if each["sha256"] in there:
            raise Unusable(name, [f"it was opened before, by line {there[each['sha256']].number}"])
    plan = protocol.digest(record.protocol_of(lines)[protocol.PLAN])
    return _adding(asked, text, lines, (record.OPENED, {"data": data, "plan_sha256": plan}))


def _close(asked: argparse.Namespace) -> Work:
    text, lines = _going(asked)
    summary = content_of(asked, asked.summary)[0].strip()
    if len(summary) < SHORTEST_SUMMARY:
        said = f"fewer than {SHORTEST_SUMMARY} letters cannot be a summary. {gate.because('ET33')}"
        raise Unusable(asked.summary, [said])
    return _adding(asked, text, lines, (record.CLOSED, {"summary": summary}))


def _adding(asked: argparse.Namespace, text: str, lines: list[Line], what: tuple[str, dict[str, Any]]) -> Work:
    def work() -> None:
        line = record.made(*what, lines, clock.now())
        record.put_behind(asked.record, text, line)
        _told(asked, [*lines, line])

    return work


def _show(asked: argparse.Namespace) -> Work:
    _, lines = _lines(asked)
    return lambda: _told(asked, lines)


def _check(asked: argparse.Namespace) -> Work:
    _, lines = _lines(asked)
    if asked.head and asked.head not in {line.hash for line in lines}:
        raise Unusable(asked.record, ["the hash that was kept is of no line: it was written anew"])
    results = {name: _result(asked, name) for name in asked.files}
    read = [content_of(asked, name) for name in asked.data]
    data = {digest: text for text, digest in read}
    with of_file(asked.record):
        judged = outputs.judge(lines, results, data)
        missing = outputs.never_shown(lines, judged)

    def work() -> None:
        said = telling.results(lines, judged, missing)
        _say(asked, said, telling.result_words(said))
        unplanned = any(each.status != outputs.PLANNED for each in judged) or missing
        altered = any(each.status == outputs.ALTERED for each in judged)
        if altered or (asked.strict and unplanned):
            sys.exit(1)

    return work


def _result(asked: argparse.Namespace, name: str) -> Any:
    try:
        return json.loads(content_of(asked, name)[0])
    except (ValueError, RecursionError) as error:
        raise Unusable(name, ["it is not JSON; make results with --json or --out NAME.json"]) from error


def _told(asked: argparse.Namespace, lines: list[Line]) -> None:
    _say(asked, telling.as_json(lines), telling.words(lines))


def _say(asked: argparse.Namespace, said: dict[str, Any], words: str) -> None:
    say(asked, said, words + asked.inputs.words())

"""`study`: keep the record of a study: the plan is fixed before the data are opened."""

import json
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from suar_research import coverage
from suar_research.cli.options import Run, answering, group, usage_error
from suar_research.files import FOR_ALL, FileError, OutputFile, reading, refuse, write_new
from suar_research.report import Report
from suar_research.studies import outputs, protocol, record
from suar_research.studies.record import Line
from suar_research.studies.report import results_report, study_report

SHORTEST_SUMMARY = 200
ProtocolFile = Annotated[str, typer.Argument(metavar="PROTOCOL", help=".toml or .json")]
Record = Annotated[str, typer.Option("--record", metavar="FILE", help="the record of the study")]


def app() -> typer.Typer:
    """Return the commands."""
    return group(
        "study",
        ("protocol", "write a protocol to fill in", write_protocol),
        ("avenues", "list how people can be reached, and who is missed", avenues),
        ("gate", "say what a protocol lacks, and which rule asks for it", check_gate),
        ("register", "fix the plan and begin the record", register),
        ("amend", "change the protocol; the change stays visible", amend),
        ("open", "take files into the study, by their hash", open_data),
        ("check", "say which results were planned", check),
        ("show", "show the study as it stands", show),
        ("close", "end the study with its plain summary", close),
        shared=answering,
    )


def write_protocol(run: Run, out: Annotated[str, typer.Option(metavar="FILE")]) -> None:
    """Write the template."""
    write_new(OutputFile(out, protocol.TEMPLATE.read_text("utf-8"), FOR_ALL))
    run.answer(Report("Protocol", (f"Fill in {out}, then run `./suar study gate {out}`.",), {"out": Path(out).name}))


def avenues(run: Run) -> None:
    """List the avenues."""
    every = coverage.avenues().values()
    data = {avenue.code: {"name": avenue.name, "sees": avenue.sees, "misses": avenue.misses} for avenue in every}
    run.answer(Report("Avenues", tuple(f"{avenue.code}: {avenue.note()}" for avenue in every), data))


def check_gate(run: Run, file: ProtocolFile) -> None:
    """Check a protocol."""
    data = {"passes": True, "plan_sha256": protocol.digest(_passed(run, file)[protocol.PLAN])}
    run.answer(Report("Gate", ("Nothing is missing. No data may be opened before `register`.",), data))


def _passed(run: Run, file: str) -> protocol.Protocol:
    """Read a protocol that passes the gate; raises FileError with everything that is missing."""
    text, _ = run.inputs.read(file)
    with reading(file):
        content = protocol.read(text, json_format=Path(file).suffix == ".json")
    if lacks := protocol.lacks(content, _today()):
        raise FileError(file, lacks)
    return content


def _today() -> date:
    """Return the date on this machine: protocols are written by its calendar."""
    return record.now().astimezone().date()


def _body(content: protocol.Protocol) -> dict[str, Any]:
    return {
        "protocol": content,
        "protocol_sha256": protocol.digest(content),
        "plan_sha256": protocol.digest(content[protocol.PLAN]),
    }


def register(run: Run, file: ProtocolFile, record_file: Record) -> None:
    """Begin a record."""
    line = record.next_line(record.REGISTERED, _body(_passed(run, file)), [], record.now())
    write_new(OutputFile(record_file, line.written()))
    run.answer(study_report([line]))


def _lines(run: Run, record_file: str, *, to_append: bool = False) -> tuple[str, list[Line]]:
    """Read a record; raises FileError if its chain is broken, or if it is closed and shall be appended to."""
    text, _ = run.inputs.read(record_file)
    with reading(record_file):
        lines = record.read(text)
    if to_append and lines[-1].kind == record.CLOSED:
        raise FileError(record_file, ["the study is closed"])
    return text, lines


def _append(run: Run, record_file: str, read: tuple[str, list[Line]], kind: str, body: dict[str, Any]) -> None:
    text, lines = read
    line = record.next_line(kind, body, lines, record.now())
    record.append(record_file, text, line)
    run.answer(study_report([*lines, line]))


def amend(
    run: Run, file: ProtocolFile, record_file: Record, reason: Annotated[str, typer.Option(help="why, in a sentence")]
) -> None:
    """Change the protocol."""
    text, lines = _lines(run, record_file, to_append=True)
    if len(reason.strip()) < protocol.SHORTEST:
        raise usage_error("--reason: say why in a sentence")
    content = _passed(run, file)
    differences = protocol.differences(record.protocol_of(lines), content)
    if not differences:
        raise FileError(file, ["nothing differs from the protocol that is in the record"])
    body = {**_body(content), "reason": reason.strip(), "differences": differences}
    _append(run, record_file, (text, lines), record.AMENDED, body)


def open_data(run: Run, files: Annotated[list[str], typer.Argument(metavar="DATA")], record_file: Record) -> None:
    """Take files into the study, only if the plan is fixed and the gate still passes today."""
    text, lines = _lines(run, record_file, to_append=True)
    content, before = record.protocol_of(lines), record.opened(lines)
    with reading(record_file):
        refuse(protocol.lacks(content, _today()))
    data = [{"name": Path(name).name, "sha256": run.inputs.read(name)[1]} for name in files]
    for name, file in zip(files, data, strict=True):
        if file["sha256"] in before:
            raise FileError(name, [f"it was opened before, by line {before[file['sha256']].number}"])
    body = {"data": data, "plan_sha256": protocol.digest(content[protocol.PLAN])}
    _append(run, record_file, (text, lines), record.OPENED, body)


def close(
    run: Run, record_file: Record, summary: Annotated[str, typer.Option(metavar="FILE", help="the plain summary")]
) -> None:
    """End the study."""
    read = _lines(run, record_file, to_append=True)
    text = run.inputs.read(summary)[0].strip()
    if len(text) < SHORTEST_SUMMARY:
        reason = protocol.rules()["ET33"].reason
        raise FileError(summary, [f"fewer than {SHORTEST_SUMMARY} letters cannot be a summary. {reason}"])
    _append(run, record_file, read, record.CLOSED, {"summary": text})


def show(run: Run, record_file: Record) -> None:
    """Show the study."""
    run.answer(study_report(_lines(run, record_file)[1]))


def check(
    run: Run,
    record_file: Record,
    files: Annotated[list[str] | None, typer.Argument(metavar="RESULT.json")] = None,
    data: Annotated[list[str] | None, typer.Option(metavar="FILE", help="repeat planned tables; repeatable")] = None,
    head: Annotated[str | None, typer.Option(help="a hash that somebody kept")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="end with 1 unless all was planned")] = False,
) -> None:
    """Compare results with the plan."""
    _, lines = _lines(run, record_file)
    if head and head not in {line.hash for line in lines}:
        raise FileError(record_file, ["the hash that was kept is of no line: the record was rewritten"])
    results = {name: _result(run, name) for name in files or ()}
    texts = {digest: text for text, digest in map(run.inputs.read, data or ())}
    with reading(record_file):
        judged = outputs.judge(lines, results, texts)
        missing = outputs.unanswered(lines, judged)
    run.answer(results_report(lines, judged, missing))
    unplanned = any(result.status != outputs.PLANNED for result in judged) or bool(missing)
    if any(result.status == outputs.ALTERED for result in judged) or (strict and unplanned):
        raise typer.Exit(1)


def _result(run: Run, name: str) -> Any:
    text, _ = run.inputs.read(name)
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FileError(name, ["it is not JSON; make results with --json or --out NAME.json"]) from error

"""Exchange: HTCDS out and in, and people from a spreadsheet."""

from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from suar.accounts import queries as accounts
from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest, form_page, post_data, redirect_with_message
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission, names_limit
from suar.cases import archives, export_limits, imports, labels, policy
from suar.cases.codes import DUPLICATE_REASONS
from suar.cases.duplicates import MAX_LIKELY
from suar.cases.forms.exchange import COMPLETE, ColumnsForm, ExportForm, ImportForm, SheetForm, check_rows
from suar.cases.htcds import exporting, importing, mapping
from suar.cases.htcds.importing import Check
from suar.cases.imports import UploadedSheet
from suar.cases.views.papers import offer_password, sent_password
from suar.cases.views.person import open_person
from suar.core import clock
from suar.core.files import downloads
from suar.core.files.sheets import read_sheet, write_csv, write_workbook
from suar.core.refusals import NotYours, Refused
from suar.crypto.archives import encrypt_files
from suar.records import budgets

PEOPLE_PER_SECOND = 300
"""So that a page can say how long an export takes; measured on two busy cores: 500."""


@permission_required(Permission.SEE_TEAM, step_up=True)
def export_htcds(request: StaffRequest, record: UUID | None = None) -> HttpResponse:
    """Export one person or everybody: ask for the purpose, show a new password once, then return the encrypted archive.

    The file is made in this request and never stored, and neither is the password.
    """
    opened = open_person(request, record) if record else None
    if opened and not policy.may_hand_over(request.viewer, opened.facts):
        raise NotYours
    form, by = ExportForm(post_data(request)), acting(request)
    people, password = [opened.id] if opened else exporting.list_people(by), sent_password(request)
    code = export_limits.agreement_code(**_export_options(form.cleaned_data), person=record) if form.is_valid() else ""
    waits = form.is_valid() and export_limits.ask_agreement(people, code, by=by)
    if form.is_valid() and password and not waits:
        data = form.cleaned_data
        with form.saving():
            pack = partial(_pack_encrypted, kind=data["kind"], password=password)
            export = exporting.export_people(opened, **_export_options(data), by=by, pack=pack)
            return downloads.save_file(export.file, extension="zip")
    count = len(people)
    context: dict[str, Any] = {
        "record": record,
        **(labels.record_heading(opened) if opened else {}),
        "count": count,
        "seconds": count // PEOPLE_PER_SECOND,
        "excluded": archives.excluded_names(opened) if opened else (),
        **(offer_password(request) if form.is_valid() and not waits else {}),
        "must_ask": export_limits.must_ask(people, by=by),
        "waits": waits,
    }
    return form_page(request, "cases/export_htcds.html", form, **context)


def _pack_encrypted(rows: list[list[str]], *, kind: str, password: str) -> bytes:
    content = write_csv(rows) if kind == "csv" else write_workbook(rows)
    return encrypt_files({f"htcds.{kind}": content}, password)


def _export_options(data: dict[str, Any]) -> dict[str, Any]:
    return {"purpose": data["purpose"], "with_identity": data["content"] == COMPLETE}


@permission_required(Permission.SEE_TEAM, when_ready=True)
def import_htcds(request: StaffRequest) -> HttpResponse:
    """Check a file first; if it is sent again unchanged, import the people in it that have no error.

    Nothing of the file is stored between the two: a digest that only this worker can compute says that it is the same.
    """
    form = ImportForm(post_data(request), request.FILES or None, teams=accounts.team_names(request.viewer.leads))
    check, checked = None, ""
    if form.is_valid():
        content: bytes = form.cleaned_data["file"].read()
        checked = request.keys.form_digest(content).hex()
        by = acting(request)
        try:
            check = importing.check_sheet(read_sheet(content), known=importing.known_cases(by), today=clock.today())
        except Refused as refusal:
            form.add_error("file", labels.sheet_refusal(refusal))
        else:
            if check.new and form.cleaned_data["checked"] == checked:
                return _import_checked(request, check, team=UUID(form.cleaned_data["team"]))
    at_once = importing.AT_ONCE if check and len(check.new) > importing.AT_ONCE else None
    return form_page(request, "cases/import_htcds.html", form, checked=checked, check=check, at_once=at_once)


def _import_checked(request: StaffRequest, check: Check, *, team: UUID) -> HttpResponse:
    """Import as many people as one transaction takes; the same file imports the rest."""
    left = len(check.new[importing.AT_ONCE :])
    count = importing.import_people(check.new[: importing.AT_ONCE], team=team, by=acting(request)) or 0
    message = ngettext("%(count)s person imported.", "%(count)s people imported.", count) % {"count": count}
    if left:
        more = _("%(left)s people are left: choose the same file again.") % {"left": left}
        return redirect_with_message(request, f"{message} {more}", "import_htcds")
    return redirect_with_message(request, message, "caseload")


@permission_required(Permission.SEE_RECORD, method="GET")
def exchange(request: StaffRequest, record: UUID) -> HttpResponse:
    """Show the imported values of a person that have no field in Suar."""
    opened = open_person(request, record)
    values = exporting.imported_values(opened)
    names = {name: field.label for name, field in mapping.FIELDS.items()}
    context = {
        **labels.record_heading(opened),
        "values": [(names.get(name, name), name, value) for name, value in values.items()],
        "imported_case": exporting.imported_case(opened),
        "may_export": request.viewer.may(Permission.SEE_TEAM) and policy.may_hand_over(request.viewer, opened.facts),
    }
    return render(request, "cases/exchange.html", context)


@permission_required(Permission.MANAGE_CASE, when_ready=True)
def import_people(request: StaffRequest) -> HttpResponse:
    """Store a spreadsheet of people, sealed to the worker; nothing becomes a record yet."""
    form = SheetForm(post_data(request), request.FILES or None)
    if form.is_valid():
        content = form.cleaned_data["file"].read()
        try:
            sheet = imports.store_sheet(read_sheet(content), content, by=acting(request))
        except Refused as refusal:
            form.add_error("file", labels.sheet_refusal(refusal))
        else:
            return redirect("import_columns", sheet) if sheet else redirect("import_people")
    waiting = imports.waiting_sheet(request.viewer.worker, at=clock.now())
    return form_page(request, "cases/import_people.html", form, waiting=waiting, may_import=bool(request.viewer.teams))


@permission_required(Permission.MANAGE_CASE, when_ready=True)
def import_columns(request: StaffRequest, sheet: UUID) -> HttpResponse:
    """Ask what each column is, with a guess by its heading."""
    uploaded, teams = _open_sheet(request, sheet), accounts.team_names(request.viewer.teams)
    if uploaded.imported is not None:
        return redirect("import_rows", sheet)
    form = ColumnsForm(post_data(request), sheet=uploaded, teams=teams)
    if form.is_valid():
        uploaded.columns, uploaded.team = form.columns, form.cleaned_data["team"]
        uploaded.with_others = form.cleaned_data["with_others"]
        imports.change_sheet(sheet, uploaded, by=acting(request))
        return redirect("import_rows", sheet)
    context = {
        "rows": len(uploaded.rows),
        "sheet": sheet,
        "before": imports.imported_before(sheet),
    }
    return form_page(request, "cases/import_columns.html", form, **context)


@permission_required(Permission.MANAGE_CASE, when_ready=True)
def import_rows(request: StaffRequest, sheet: UUID) -> HttpResponse:
    """Show the preview of each row, import the chosen rows, and show the result."""
    uploaded = _open_sheet(request, sheet)
    if not uploaded.team:
        return redirect("import_columns", sheet)
    checked = check_rows(uploaded, today=clock.today())
    people = {row.number: row.person for row in checked if row.person}
    likely: dict[int, dict[str, Any]] = {}
    problem, status = "", 409
    if uploaded.imported is None:
        if request.method == "POST":
            taken = [people[number] for number in people if str(number) in request.POST.getlist("take")]
            problem = _import_rows(request, sheet, uploaded, taken)
            if not problem:
                return redirect_with_message(request, _("People imported."), "import_rows", sheet)
        likely, named = imports.find_likely(people.values(), viewer=request.viewer, keys=request.keys)
        if not budgets.count_names(request.viewer, named, at=clock.now()):
            checked, request.keys.listed, status = [row for row in checked if row.problems], 0, 429
            in_parts = _(
                "Nothing of this sheet is imported. Upload it in parts of at most %(rows)d rows, one part a day."
            )
            rows = names_limit(request.viewer.role) // MAX_LIKELY
            problem = f"{labels.refusal('names_spent')} {in_parts % {'rows': rows}}"
    context = {
        "sheet": sheet,
        "imported": uploaded.imported,
        "wrong": [row for row in checked if row.problems],
        "likely": [(row, _reasons_in_words(likely[row.number])) for row in checked if row.number in likely],
        "good": [row for row in checked if row.person and row.number not in likely],
        "before": imports.imported_before(sheet),
        "problem": problem,
    }
    return render(request, "cases/import_rows.html", context, status=status if problem else 200)


@permission_required(Permission.MANAGE_CASE, when_ready=True, method="POST")
def import_rest(request: StaffRequest, sheet: UUID) -> HttpResponse:
    """Return the rows that were not imported as a sheet to correct, or remove the sheet."""
    if "forget" in request.POST:
        imports.remove_sheet(sheet, by=acting(request))
        return redirect_with_message(request, _("The sheet was removed."), "import_people")
    uploaded = _open_sheet(request, sheet)
    rows = [
        [*row.cells, " ".join(row.problems)]
        for row in check_rows(uploaded, today=clock.today())
        if row.problems or uploaded.imported is not None
    ]
    return downloads.save_file(write_csv([[*uploaded.header, _("What is wrong")], *rows]), extension="csv")


def _open_sheet(request: StaffRequest, sheet: UUID) -> UploadedSheet:
    return imports.open_sheet(sheet, keys=request.keys, at=clock.now())


def _import_rows(request: StaffRequest, sheet: UUID, uploaded: UploadedSheet, people: list[Any]) -> str:
    """Import people and store what is left of the sheet; return why that is not possible."""
    if not people:
        return str(_("Tick at least one person."))
    by = acting(request)
    try:
        done = imports.import_people(sheet, people, team=UUID(uploaded.team), by=by)
    except Refused as refusal:
        return labels.refusal(refusal.because)
    uploaded.imported = len(done)
    uploaded.rows = [(number, cells) for number, cells in uploaded.rows if number not in done]
    imports.change_sheet(sheet, uploaded, by=by)
    return ""


def _reasons_in_words(likely: dict[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    return [(name, labels.codes_in_words(DUPLICATE_REASONS, why)) for name, why in likely.items()]

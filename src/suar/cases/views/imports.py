"""People from a spreadsheet in four steps: the file, its columns, the check of each row, and what came of it."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from suar.accounts import queries as accounts
from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest, redirect_with_message
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission, names_limit
from suar.cases import imports, labels
from suar.cases.codes import DUPLICATE_REASONS
from suar.cases.duplicates import MAX_LIKELY
from suar.cases.forms.imports import ColumnsForm, SheetForm, check_rows
from suar.cases.imports import UploadedSheet
from suar.core import clock
from suar.core.files import downloads
from suar.core.files.sheets import SheetRefused, read_sheet, write_csv
from suar.core.refusals import KeyNotTrusted, Refused
from suar.records import budgets


@permission_required(Permission.MANAGE_CASE, when_ready=True)
@require_http_methods(["GET", "POST"])
def import_people(request: StaffRequest) -> HttpResponse:
    """Take a spreadsheet of people; nothing becomes a record yet."""
    form = SheetForm(request.POST, request.FILES) if request.method == "POST" else SheetForm()
    if form.is_valid():
        content = form.cleaned_data["file"].read()
        try:
            sheet = imports.store_sheet(read_sheet(content), content, by=acting(request))
        except SheetRefused as refusal:
            form.add_error("file", labels.sheet_refusal(refusal))
        except Refused as refusal:
            form.add_error("file", labels.refusal(refusal.because))
        else:
            return redirect("import_columns", sheet) if sheet else redirect("import_people")
    waiting = imports.waiting_sheet(request.viewer.worker, at=clock.now())
    context = {"form": form, "waiting": waiting, "may_import": bool(request.viewer.teams)}
    return render(request, "cases/import_people.html", context, status=400 if form.errors else 200)


@permission_required(Permission.MANAGE_CASE, when_ready=True)
@require_http_methods(["GET", "POST"])
def import_columns(request: StaffRequest, sheet: UUID) -> HttpResponse:
    """Ask what each column is, with a guess by its heading."""
    uploaded, teams = _open(request, sheet), accounts.team_names(request.viewer.teams)
    if uploaded.imported is not None:
        return redirect("import_rows", sheet)
    form = ColumnsForm(request.POST if request.method == "POST" else None, sheet=uploaded, teams=teams)
    if form.is_valid():
        uploaded.columns, uploaded.team = form.columns, form.cleaned_data["team"]
        uploaded.with_others = form.cleaned_data["with_others"]
        imports.change_sheet(sheet, uploaded, by=acting(request))
        return redirect("import_rows", sheet)
    context = {
        "form": form,
        "rows": len(uploaded.rows),
        "sheet": sheet,
        "one_team": len(teams) == 1,
        "before": imports.imported_before(sheet),
    }
    return render(request, "cases/import_columns.html", context, status=400 if form.errors else 200)


@permission_required(Permission.MANAGE_CASE, when_ready=True)
@require_http_methods(["GET", "POST"])
def import_rows(request: StaffRequest, sheet: UUID) -> HttpResponse:
    """Show what each row becomes, import the chosen ones, and then what came of it."""
    uploaded = _open(request, sheet)
    if not uploaded.team:
        return redirect("import_columns", sheet)
    checked = check_rows(uploaded, today=clock.today())
    people = {row.number: row.person for row in checked if row.person}
    likely: dict[int, dict[str, Any]] = {}
    problem, status = "", 409
    if uploaded.imported is None:
        if request.method == "POST":
            taken = [people[number] for number in people if str(number) in request.POST.getlist("take")]
            problem = _import(request, sheet, uploaded, taken)
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
        "likely": [(row, _in_words(likely[row.number])) for row in checked if row.number in likely],
        "good": [row for row in checked if row.person and row.number not in likely],
        "before": imports.imported_before(sheet),
        "problem": problem,
    }
    return render(request, "cases/import_rows.html", context, status=status if problem else 200)


@permission_required(Permission.MANAGE_CASE, when_ready=True)
@require_POST
def import_rest(request: StaffRequest, sheet: UUID) -> HttpResponse:
    """Return the rows that were not imported as a sheet to correct, or remove the sheet."""
    if "forget" in request.POST:
        imports.forget_sheet(sheet, by=acting(request))
        return redirect_with_message(request, _("The sheet was removed."), "import_people")
    uploaded = _open(request, sheet)
    rows = [
        [*row.cells, " ".join(row.problems)]
        for row in check_rows(uploaded, today=clock.today())
        if row.problems or uploaded.imported is not None
    ]
    return downloads.save_file(write_csv([[*uploaded.header, _("What is wrong")], *rows]), extension="csv")


def _open(request: StaffRequest, sheet: UUID) -> UploadedSheet:
    return imports.open_sheet(sheet, keys=request.keys, at=clock.now())


def _import(request: StaffRequest, sheet: UUID, uploaded: UploadedSheet, people: list[Any]) -> str:
    """Import people and store what is left of the sheet; return why that is not possible."""
    if not people:
        return str(_("Tick at least one person."))
    by = acting(request)
    try:
        done = imports.import_people(sheet, people, team=UUID(uploaded.team), by=by)
    except (Refused, KeyNotTrusted) as refusal:
        return labels.refusal(refusal.because)
    uploaded.imported = len(done)
    uploaded.rows = [(number, cells) for number, cells in uploaded.rows if number not in done]
    imports.change_sheet(sheet, uploaded, by=by)
    return ""


def _in_words(likely: dict[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    return [(name, ", ".join(map(DUPLICATE_REASONS.label, why))) for name, why in likely.items()]

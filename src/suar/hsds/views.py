"""Pages of taking a directory file over: choose it, see what it would change, take it over."""

from dataclasses import replace
from functools import partial
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from suar.accounts.http import StaffRequest
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.core import clock
from suar.directory import actions, queries
from suar.hsds import reading
from suar.hsds.files import from_json, to_json
from suar.hsds.forms import ImportForm
from suar.hsds.pages import report_page


@permission_required(Permission.EDIT_DIRECTORY)
@require_http_methods(["GET", "POST"])
def choose_file(request: StaffRequest) -> HttpResponse:
    """Read a file in a process of its own and try it; nothing is changed yet."""
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form, page = ImportForm(*posted), None
    if form.is_valid():
        file, by, at = form.cleaned_data["file"], request.viewer.worker, clock.now()
        parsed = reading.read_upload(file.read())
        report = actions.apply_import(parsed, by=by, at=at, dry_run=True)
        if not report.refused:
            told, name = to_json(parsed), file.name
            waiting = actions.store_upload(told, file_name=name, by=by, at=at)
            return redirect("import_report", waiting)
        page = report_page(report)
    status = 400 if page or form.errors else 200
    context = {"form": form, "report": page}
    return render(request, "directory/import_file.html", context, status=status)


@permission_required(Permission.EDIT_DIRECTORY)
@require_http_methods(["GET", "POST"])
def report(request: StaffRequest, waiting: UUID) -> HttpResponse:
    """Show what the file would change, and import all of it when the editor confirms.

    The confirmation covers only the warnings on that page; if new ones appear, the page is shown
    again. An imported file is stored for a day, so that confirming twice gives the same page.
    """
    by, answer = request.viewer.worker, request.POST.get("answer")
    if answer == "no":
        actions.discard_upload(waiting, by=by)
        return redirect("import_directory")
    name, told = queries.get_upload(waiting, by=by)
    taking, seen = frozenset(request.POST.getlist("take")), request.POST.get("seen", "")
    act = partial(actions.apply_import, from_json(told), by=by, at=clock.now())
    made = act(dry_run=answer != "yes", taking=taking, seen=seen)
    if made.applied:
        return redirect("import_report", waiting)
    page, anew = report_page(made), answer == "yes" and not made.refused
    if anew and taking:
        page = replace(page, conflicts=report_page(act(dry_run=True)).conflicts)
    context = {"report": page, "file_name": name, "anew": anew, "taken": taking}
    status = 400 if made.refused else 409 if anew else 200
    return render(request, "directory/import_report.html", context, status=status)

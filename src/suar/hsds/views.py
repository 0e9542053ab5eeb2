"""Import of a directory file: choose it, see what it would change, import it."""

from functools import partial
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from suar.accounts.http import StaffRequest, redirect_with_message
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.core import clock
from suar.directory import actions, queries
from suar.hsds import files, reading
from suar.hsds.forms import ImportForm
from suar.hsds.report import describe_report


@permission_required(Permission.EDIT_DIRECTORY)
@require_http_methods(["GET", "POST"])
def choose_file(request: StaffRequest) -> HttpResponse:
    """Read a file in a process of its own and try it; nothing is changed yet."""
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    refused = None
    if form.is_valid():
        file, by, at = form.cleaned_data["file"], request.viewer.worker, clock.now()
        parsed = reading.read_upload(file.read())
        tried = actions.apply_import(parsed, by=by, at=at, dry_run=True)
        if not tried.refused:
            upload = actions.store_upload(files.to_json(parsed), file_name=file.name, by=by, at=at)
            return redirect("import_report", upload)
        refused = describe_report(tried)
    context = {"form": form, "report": refused}
    return render(request, "directory/import_file.html", context, status=400 if refused or form.errors else 200)


@permission_required(Permission.EDIT_DIRECTORY)
@require_http_methods(["GET", "POST"])
def report(request: StaffRequest, upload: UUID) -> HttpResponse:
    """Show what the file would change, and import all of it when the editor confirms.

    The confirmation covers only the warnings on that page; if new ones appear, the page is shown
    again. An imported file is stored for a day, so that confirming twice gives the same page.
    """
    by, answer = request.viewer.worker, request.POST.get("answer")
    if answer == "no":
        actions.discard_upload(upload, by=by)
        return redirect("import_directory")
    name, content = queries.get_upload(upload, by=by)
    chosen, seen = frozenset(request.POST.getlist("take")), request.POST.get("seen", "")
    apply = partial(actions.apply_import, files.from_json(content), by=by, at=clock.now())
    result = apply(dry_run=answer != "yes", taking=chosen, seen=seen)
    if result.applied:
        return redirect_with_message(request, _("File imported."), "import_report", upload)
    described, again = describe_report(result), answer == "yes" and not result.refused
    if again and chosen:
        described["conflicts"] = describe_report(apply(dry_run=True))["conflicts"]
    context = {"report": described, "file_name": name, "anew": again, "taken": chosen}
    status = 400 if result.refused else 409 if again else 200
    return render(request, "directory/import_report.html", context, status=status)

"""Import of a directory file: one editor uploads it, another reviews the changes and imports it."""

from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest, redirect_with_message
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.core import clock
from suar.core.refusals import Refused
from suar.directory import editors, entry_changes, importing, labels
from suar.directory.documents import Problem
from suar.hsds import files, reading
from suar.hsds.report import describe_report

CHANGES_PER_PAGE = 50


class ImportForm(forms.Form):
    """A directory file; its size is checked before it is read."""

    file = forms.FileField(
        label=gettext_lazy("Directory file"),
        help_text=gettext_lazy("HSDS 3.0 or 3.1 as JSON, or its CSV tables in one zip. At most 20 MB."),
        widget=forms.FileInput({"accept": ".json,.zip"}),
        allow_empty_file=True,
    )

    def clean_file(self) -> "UploadedFile[bytes]":
        """Refuse a file that is too large."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > files.MAX_BYTES:
            raise forms.ValidationError(labels.problem_text(Problem("", "", "too_big")))
        return file


@permission_required(Permission.EDIT_DIRECTORY)
def choose_file(request: StaffRequest) -> HttpResponse:
    """Read a file in a process of its own and preview it; nothing is changed yet."""
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    refused = None
    if form.is_valid():
        file = form.cleaned_data["file"]
        parsed = reading.read_upload(file.read())
        plan = importing.plan_import(parsed, today=clock.today())
        if not plan.refused:
            upload = importing.store_upload(files.to_json(parsed), file_name=file.name, by=acting(request))
            if upload is None:
                return redirect("directory")
            return redirect_with_message(request, _("File uploaded."), "import_report", upload)
        refused = describe_report(plan)
    context = {"form": form, "report": refused}
    return render(request, "directory/import_file.html", context, status=400 if refused or form.errors else 200)


@permission_required(Permission.EDIT_DIRECTORY)
def report(request: StaffRequest, upload: UUID) -> HttpResponse:
    """Show each change of a file, and import all of it when another editor confirms.

    The confirmation covers only the warnings on that page; if new ones appear, the page is shown again.
    """
    answer, by, status, stopped, problem = request.POST.get("answer"), acting(request), 200, None, ""
    chosen, seen_warnings = frozenset(request.POST.getlist("take")), request.POST.get("seen", "")
    if answer == "no":
        importing.discard_upload(upload, by=by)
        return redirect_with_message(request, _("Upload deleted."), "import_directory")
    if answer in ("check", "yes"):
        try:
            if answer == "check":
                importing.check_upload(upload, by=by)
                return redirect_with_message(request, _("File approved."), "import_report", upload)
            importing.import_upload(upload, files.from_json, file_wins=chosen, seen_warnings=seen_warnings, by=by)
            return redirect_with_message(request, _("File imported."), "directory")
        except importing.NotImported as error:
            stopped, status = error.plan, 400 if error.plan.refused else 409
        except Refused as refusal:
            problem, status = labels.refusal_text(refusal.because), 409
    row = importing.get_upload(upload, at=by.at)
    plan = importing.plan_import(files.from_json(row.content), today=clock.today())
    described = describe_report(stopped or plan)
    changes = entry_changes.list_changes(plan)
    page = Paginator(changes, CHANGES_PER_PAGE).get_page(request.GET.get("changes"))
    context = {
        "report": {**described, "conflicts": describe_report(plan)["conflicts"]},
        "changes": page,
        "contacts": sum(change.is_contact for change in changes),
        "entries": entry_changes.describe_changes(page),
        "upload": row,
        "may_import": editors.may_import(row.by, request.viewer),
        "of_operator": row.by == editors.OPERATOR,
        "is_outdated": stopped is not None and not stopped.refused,
        "taken": chosen,
        "problem": problem,
    }
    return render(request, "directory/import_report.html", context, status=status)

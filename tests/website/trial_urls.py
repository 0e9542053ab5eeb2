"""A staff site that shows every part of a page once, without a database."""

from pathlib import Path
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template import engines
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from suar.accounts.roles import Permission, Role, Viewer
from suar.website.templatetags.website import NAVIGATION
from suar.website.views import reading

LEFT: list[str] = []
NUMBER = UUID(int=1)
ESI = Viewer(
    worker=NUMBER,
    organisation=NUMBER,
    teams=frozenset(),
    role=next(iter(Role)),
    permissions=frozenset(Permission),
    leads=frozenset(),
)
OUTSIDE = """{% extends "website/staff.html" %}
{% block body_attributes %} data-signed-out{% endblock %}
{% block main %}<h1>Sign in</h1>{% endblock %}"""
PAGES = {page for entry in NAVIGATION for page in (entry["page"], *entry["also"])}
PAGE = (Path(__file__).parent / "trial.html").read_text("utf-8")


SHOWN = {
    "rows": [
        {"question": "Place", "answer": "Jakarta", "change": "/"},
        {"question": "Age", "answer": ""},
    ],
}


class TrialForm(forms.Form):
    """One field of each kind, most of them wrong."""

    name = forms.CharField(label="Name", help_text="As the person wants to be called.")
    born = forms.DateField(label="Born", required=False, widget=forms.DateInput({"type": "date"}))
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea({"rows": 3}))
    place = forms.ChoiceField(label="Place", choices=[("1", "One"), ("2", "Two")])
    sign = forms.ChoiceField(
        label="A sign?",
        choices=[("Y", "Sign"), ("N", "No sign"), ("S", "Skipped"), ("", "Not asked")],
        widget=forms.RadioSelect,
    )
    needs = forms.MultipleChoiceField(
        label="Needs",
        choices=[("a", "Food"), ("b", "Bed")],
        widget=forms.CheckboxSelectMultiple,
        help_text="More than one is fine.",
    )
    sure = forms.BooleanField(label="I read it aloud", help_text="Slowly.")
    kept = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: object) -> None:
        super().__init__(*args)
        for name, field in self.fields.items():
            field.taps = name == "sign"


def whole(request: HttpRequest) -> HttpResponse:
    """Show every part."""
    request.viewer = ESI
    context = {"form": TrialForm({}) if "wrong" in request.GET else TrialForm(), **SHOWN}
    return HttpResponse(engines["django"].from_string(PAGE).render(context, request))


def swap(request: HttpRequest) -> HttpResponse:
    """Answer with a piece of a page."""
    return HttpResponse("<strong>after</strong>")


@csrf_exempt
def again(request: HttpRequest) -> HttpResponse:
    """Take one password."""
    password = request.POST.get("password")
    if password == "right":
        return redirect("/")
    return HttpResponse("no", status=401 if password == "ended" else 400)


@csrf_exempt
def sign_in(request: HttpRequest) -> HttpResponse:
    """Show the page of somebody signed out, or take all of a sign-in."""
    if request.method == "GET":
        return HttpResponse(engines["django"].from_string(OUTSIDE).render({}, request))
    typed = [request.POST.get(item) for item in ("name", "code", "password", "shared", "only")]
    right = typed == ["esi", "123456", "right", "on", str(NUMBER)]
    return redirect("/") if right else HttpResponse("no", status=400)


@csrf_exempt
def leave(request: HttpRequest) -> HttpResponse:
    """End what would be a session."""
    LEFT.append(request.method or "")
    return redirect("/weather")


def broken(request: HttpRequest) -> HttpResponse:
    """Break on purpose."""
    raise RuntimeError("Amina")


handler400 = "suar.website.error_pages.bad_request"
handler404 = "suar.website.error_pages.absent_page"
handler500 = "suar.website.error_pages.server_error"

urlpatterns = [
    path("", whole, name="day"),
    *(path(page, whole, name=page) for page in sorted(PAGES - {"day"})),
    path("account", whole, name="account"),
    path("sign-out", leave, name="sign_out"),
    path("swap", swap),
    path("again", again, name="step_up"),
    path("sign-in", sign_in, name="sign_in"),
    path("leave", leave, name="leave"),
    path("language", leave, name="language"),
    path("broken", broken),
    path("weather", reading.exit_page),
    path("weather/sun.svg", reading.exit_picture),
]

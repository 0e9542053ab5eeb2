"""The work that is compared: a list with names, a search, a form sent in."""

import hashlib
import json
import re
from xml.etree import ElementTree

from django.contrib.auth import login
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from bench.anchor.models import Audit, Case, Submission
from bench.anchor.sealing import seal_for_three, unseal

PAGE_SIZE = 20
CASES_SHOWN = 50
SHOWN = (
    "id",
    "opened",
    "status",
    "nationality",
    "sex",
    "born",
    "district",
    "worker__name",
    "names_sealed",
)
DOCUMENT = re.compile(rb"<data .*</data>", re.DOTALL)


def hello(request: HttpRequest) -> HttpResponse:
    """Answer with one word."""
    return HttpResponse("hello")


def enter(request: HttpRequest) -> HttpResponse:
    """Begin a session without asking."""
    user, _ = User.objects.get_or_create(username="bench")
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return HttpResponse("ok")


def cases(request: HttpRequest) -> HttpResponse:
    """Show the newest 50 cases with their number and their decrypted names."""
    if not request.user.is_authenticated:
        return HttpResponse(status=403)
    found = Case.objects.order_by("-opened")
    total, rows = found.count(), list(found.values(*SHOWN)[:CASES_SHOWN])
    for row in rows:
        row["first"], row["last"] = json.loads(unseal(bytes(row.pop("names_sealed"))))
    return render(request, "cases.html", {"rows": rows, "total": total})


def services(request: HttpRequest) -> HttpResponse:
    """Search by words, district, kind and language; 20 results."""
    asked, words, filters, values = request.GET, request.GET.get("q", ""), ["s.active"], []
    for name in ("district", "kind"):
        if asked.get(name):
            filters.append(f"s.{name} = %s")
            values.append(asked[name])
    if asked.get("language"):
        filters.append("s.languages LIKE %s")
        values.append(f"%,{asked['language']},%")
    table = "anchor_service s"
    if words and connection.vendor == "postgresql":
        filters.append("s.words @@ plainto_tsquery('simple', %s)")
        values.append(words)
    elif words:
        table = "anchor_words f JOIN anchor_service s ON s.rowid = f.rowid"
        filters.append("f.text MATCH %s")
        values.append(" ".join(f'"{word}"' for word in re.findall(r"\w+", words)) or '""')
    sql = (
        f"SELECT s.document FROM {table} WHERE {' AND '.join(filters)} "  # noqa: S608 - fixed parts
        f"ORDER BY s.confirmed DESC, s.id LIMIT {PAGE_SIZE + 1}"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found = [json.loads(row[0]) for row in cursor.fetchall()]
    return render(request, "services.html", {"rows": found[:PAGE_SIZE], "q": words})


@csrf_exempt
def submit(request: HttpRequest) -> HttpResponse:
    """Take a form of 33 fields: read it, encrypt it, keep it with an entry in the audit."""
    sent = DOCUMENT.search(request.body)
    if not sent:
        return HttpResponse(status=400)
    tree = ElementTree.fromstring(sent.group(0))  # noqa: S314 - the bench writes it itself
    told, instance = {each.tag: each.text for each in tree}, tree.findtext("meta/instanceID")
    if not instance:
        return HttpResponse(status=400)
    body, keys = seal_for_three(sent.group(0), instance.encode())
    fields = {
        "form": tree.get("id") or "",
        "status": told.get("status") or "",
        "nationality": told.get("nationality") or "",
        "body_sealed": body,
        "keys_sealed": keys,
    }
    with transaction.atomic():
        _, new = Submission.objects.get_or_create(id=instance, defaults=fields)
        if new:
            _note("field", "submit", instance)
    return HttpResponse("<ok/>", content_type="text/xml", status=201)


def _note(actor: str, action: str, about: str) -> None:
    last = Audit.objects.order_by("-id").values_list("digest", flat=True).first() or ""
    digest = hashlib.sha256(f"{last}|{actor}|{action}|{about}".encode()).hexdigest()
    Audit.objects.create(actor=actor, action=action, about=about, previous=last, digest=digest)

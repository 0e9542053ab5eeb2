"""Needs and progress of a case: the trend of each domain, a review, its correction, and the sheet on paper."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from suar.accounts import queries as accounts
from suar.accounts.acting import acting
from suar.accounts.http import StaffRequest, redirect_with_message
from suar.accounts.permissions import permission_required
from suar.accounts.roles import Permission
from suar.cases import labels, progress, trends
from suar.cases.codes import DOMAINS, RATINGS
from suar.cases.documents.plan import RATERS, DomainReview, Plan, Rater, Ratings
from suar.cases.forms.progress import RatingsForm
from suar.cases.progress import KeyedReview
from suar.cases.rules import progress as rules
from suar.cases.views.case import closing_context, open_case
from suar.cases.views.plan import paper_context
from suar.core import clock
from suar.core.i18n import localize
from suar.core.refusals import Conflict, NotYours, Refused

USUAL, ALL = "usual", "all"


@permission_required(Permission.MANAGE_CASE)
@require_GET
def progress_page(request: StaffRequest, record: UUID) -> HttpResponse:
    """Show each domain with both ratings side by side and its trend, and offer the review that is due."""
    opened = open_case(request, record)
    reviews = progress.list_reviews(opened)
    full_days = progress.full_review_days(reviews)
    goals = {goal.domain for goal in (opened.get(Plan) or Plan()).open_goals}
    is_full_due = rules.is_full_review_due(full_days, today=clock.today())
    following = rules.next_full_review(full_days)
    fallen = progress.find_falls([row.ratings for row in reviews[:-1]], reviews[-1].ratings) if reviews else []
    domains = [_domain_context(code, reviews, goals=goals, fallen=fallen) for code in DOMAINS]
    context = {
        **closing_context(request, opened),
        "domains": domains,
        "fallen": fallen,
        "attention": [row for row in domains if row["is_urgent"] or row["differs"] or row["has_fallen"]],
        "usual": progress.domains_to_rate(opened, full=False),
        "is_full_due": is_full_due,
        "next_full_on": following[1] if following else None,
        "reviews": reviews[::-1],
        "scale": trends.scale(),
        "languages": settings.SUAR_STAFF_LANGUAGES,
        "workers": accounts.display_names(version.by for row in reviews for version in row.document.versions),
    }
    return render(request, "cases/progress.html", context)


def _domain_context(
    code: str, reviews: Sequence[KeyedReview], *, goals: Collection[str], fallen: Collection[str]
) -> dict[str, Any]:
    """Return the context of a domain: the newest ratings, the trend of both sides, and all ratings."""
    rated = [review.ratings for review in reviews if code in review.ratings.domains]
    sides: dict[Rater, dict[str, Any]] = {rater: _side_context(code, rated, rater) for rater in RATERS}
    person, worker = sides["person"]["rating"], sides["worker"]["rating"]
    return {
        "domain": DOMAINS[code],
        "sides": sides,
        "has_goal": code in goals,
        "has_fallen": code in fallen,
        "is_urgent": bool(rules.urgent_needs([{code: person}, {code: worker}])),
        "differs": bool(rules.differences({code: person}, {code: worker})),
        "table": [(row.on, row.person.get(code, ""), row.worker.get(code, "")) for row in reversed(rated)],
    }


def _side_context(code: str, rated: Sequence[Ratings], rater: Rater) -> dict[str, Any]:
    """Return the newest rating of one side with its anchor, and its trend."""
    ratings = [(row.on, row.of(rater)[code]) for row in rated if code in row.of(rater)]
    points = [(day, rules.number(rating)) for day, rating in ratings]
    newest = ratings[-1][1] if ratings else ""
    number = rules.number(newest)
    words = localize(DOMAINS[code]["anchors"][number - 1]) if number else RATINGS.label(newest)
    trend = trends.draw_trend(points, first=rated[0].on, last=rated[-1].on) if ratings else trends.Trend()
    return {"rating": newest, "number": number, "words": words, "trend": trend}


@permission_required(Permission.MANAGE_CASE)
@require_http_methods(["GET", "POST"])
def rate(request: StaffRequest, record: UUID, which: str = "", review: UUID | None = None) -> HttpResponse:
    """Rate domains with the person, or correct a review; if a colleague corrected it first, both are shown."""
    opened, key = open_case(request, record), str(review or "")
    stored = opened.get(DomainReview, key) if key else None
    if (key and stored is None) or which not in (("",) if key else (USUAL, ALL)):
        raise NotYours
    domains = list(DOMAINS) if key else progress.domains_to_rate(opened, full=which == ALL)
    version = opened.version_of(DomainReview, key) if key else 0
    typed = request.POST if request.method == "POST" else None
    form = RatingsForm(typed, domains=domains, stored=stored.current if stored else None, version=version)
    status = 200
    if form.is_valid():
        by = acting(request)
        ratings, note = form.to_ratings(by=by.worker, at=by.at), form.cleaned_data["note"]
        expected = form.cleaned_data["version"] if key else None
        try:
            progress.rate_domains(opened, ratings, note=note, key=key, expected=expected, by=by)
        except Conflict:
            opened, status = open_case(request, record), 409
            stored, form.stored_version = opened.get(DomainReview, key), opened.version_of(DomainReview, key)
            form.show_stored_version()
        except Refused as refusal:
            form.refuse(refusal.because)
        else:
            return redirect_with_message(request, _("Review saved."), "progress", record, part="progress")
    context = {
        **closing_context(request, opened),
        "form": form,
        "which": which,
        "is_correction": bool(key),
        "theirs": labels.rating_lines(stored.current) if stored and status == 409 else [],
    }
    return render(request, "cases/rate.html", context, status=400 if form.errors else status)


@permission_required(Permission.MANAGE_CASE)
@require_GET
def rating_paper(request: StaffRequest, record: UUID, which: str, language: str) -> HttpResponse:
    """Show the questions and anchors of a review in a language, to print and rate with the person on paper."""
    opened = open_case(request, record)
    if language not in settings.SUAR_STAFF_LANGUAGES or which not in (USUAL, ALL):
        raise NotYours
    codes = progress.domains_to_rate(opened, full=which == ALL)
    context = {
        **paper_context(opened, language),
        **closing_context(request, opened),
        "domains": [DOMAINS[code] for code in codes],
        "rest": [rating for rating in RATINGS.members if not rating.get("number")],
        "which": which,
        "languages": settings.SUAR_STAFF_LANGUAGES,
    }
    return render(request, "cases/rating_paper.html", context)

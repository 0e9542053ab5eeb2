"""Addresses of the talk; none says what was answered or how it ended."""

from django.urls import path

from suar.screening import (
    views,
    views_ending,
    views_papers,
    views_partner,
    views_practice,
    views_question_files,
    views_questions,
    views_reading,
    views_start,
)

urlpatterns = [
    path("questions", views_questions.questions, name="questions"),
    path(
        "questions/shipped/<slug:form>",
        views_questions.shipped_questions,
        name="shipped_questions",
    ),
    path(
        "questions/version/<uuid:version>",
        views_questions.question_version,
        name="question_version",
    ),
    path(
        "questions/version/<uuid:version>/file",
        views_question_files.version_file,
        name="version_file",
    ),
    path(
        "questions/import/<slug:form>",
        views_question_files.import_questions,
        name="import_questions",
    ),
    path("questions/<uuid:draft>/file", views_question_files.draft_file, name="draft_file"),
    path("questions/<uuid:draft>", views_questions.question_draft, name="question_draft"),
    path("questions/<uuid:draft>/use", views_questions.question_use, name="question_use"),
    path(
        "questions/<uuid:draft>/new/<slug:theme>",
        views_questions.question_new,
        name="question_new",
    ),
    path(
        "questions/<uuid:draft>/<slug:question>",
        views_questions.question_words,
        name="question_words",
    ),
    path("talk", views_start.start, name="talk_start"),
    path("talk/information", views_papers.information, name="information"),
    path("talk/papers", views_papers.papers, name="papers"),
    path("talk/papers/<slug:form>", views_papers.paper, name="paper"),
    path("talk/papers/<slug:form>/card", views_papers.pocket, name="pocket"),
    path("talk/practise", views_practice.practise, name="practise"),
    path("talk/practised", views_practice.practised, name="practised"),
    path("talk/readings", views_reading.readings, name="readings"),
    path("team/partners", views_partner.partner_houses_page, name="partner_houses"),
    path("talk/readings/partner", views_partner.partner_readings, name="partner_readings"),
    path(
        "talk/readings/partner/<uuid:packet>",
        views_partner.partner_reading_page,
        name="partner_reading",
    ),
    path("talk/readings/<uuid:reading>", views_reading.reading, name="reading"),
    path("talk/ended/<uuid:record>", views_ending.ended, name="talk_ended"),
    path("talk/<uuid:record>", views.talk, name="talk"),
    path("talk/<uuid:record>/outcome", views_ending.outcome, name="talk_outcome"),
    path("talk/<uuid:record>/stop", views_ending.stop, name="talk_stop"),
    path("talk/<uuid:record>/<str:step>", views.step, name="talk_step"),
]

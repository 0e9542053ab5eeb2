"""URLs of the talk. None reveals an answer or an outcome."""

from django.urls import path

from suar.screening.views import ended, note, outcome, papers, questions, second_opinions, talk

urlpatterns = [
    path("questions", questions.questions, name="questions"),
    path("questions/shipped/<slug:form>", questions.shipped_questions, name="shipped_questions"),
    path("questions/shipped/<slug:form>/file", questions.shipped_file, name="shipped_file"),
    path("questions/draft/<uuid:draft>", questions.question_draft, name="question_draft"),
    path("questions/draft/<slug:form>/file", questions.draft_file, name="draft_file"),
    path("questions/version/<uuid:version>", questions.question_version, name="question_version"),
    path("questions/version/<uuid:version>/file", questions.version_file, name="version_file"),
    path("questions/import/<slug:form>", questions.import_questions, name="import_questions"),
    path("talk", talk.start, name="talk_start"),
    path("talk/information", talk.information, name="information"),
    path("talk/papers", papers.papers, name="papers"),
    path("talk/papers/<slug:form>", papers.paper, {"template": "screening/paper.html"}, name="paper"),
    path("talk/papers/<slug:form>/card", papers.paper, {"template": "screening/pocket_card.html"}, name="pocket_card"),
    path("talk/practice", talk.practice, name="practice"),
    path("talk/practice-ended", outcome.practice_ended, name="practice_ended"),
    path("talk/opinions", second_opinions.second_opinions, name="second_opinions"),
    path("talk/opinions/<uuid:reading>", second_opinions.second_opinion, name="second_opinion"),
    path("talk/ended/<uuid:record>", ended.ended, name="talk_ended"),
    path("talk/ended/<uuid:record>/note", note.late_note, name="late_note"),
    path("talk/next/<uuid:record>", ended.finish_next_step, name="finish_next_step"),
    path("talk/<uuid:record>", talk.talk, name="talk"),
    path("talk/<uuid:record>/outcome", outcome.outcome, name="talk_outcome"),
    path("talk/<uuid:record>/note", note.note, name="talk_note"),
    path("talk/<uuid:record>/stop", outcome.stop, name="talk_stop"),
    path("talk/<uuid:record>/<str:step>", talk.step, name="talk_step"),
]

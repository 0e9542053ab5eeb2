"""Addresses of case work."""

from django.urls import path

from suar.cases.views import attachments, case, caseload, closing, corrections, day, history, messenger, person
from suar.referrals.codes import Verb

urlpatterns = [
    path("", day.day, name="day"),
    path("find", day.find, name="find_person"),
    path("people", caseload.caseload, name="caseload"),
    path("people/week", caseload.week, name="week_list"),
    path("team", day.team, name="team"),
    path("log", day.access_log, name="access_log"),
    path("people/<uuid:record>", person.person, name="person"),
    path("people/<uuid:record>/details", person.details, name="person_details"),
    path("people/<uuid:record>/documents", attachments.attachments_page, name="attachments"),
    path("people/<uuid:record>/documents/<uuid:file>", attachments.attachment, name="attachment"),
    path(
        "people/<uuid:record>/documents/<uuid:file>/preview",
        attachments.attachment_file,
        {"preview": True},
        name="attachment_preview",
    ),
    path(
        "people/<uuid:record>/documents/<uuid:file>/saved",
        attachments.attachment_file,
        {"save": True},
        name="attachment_saved",
    ),
    path("people/<uuid:record>/messenger", messenger.messenger_page, name="messenger"),
    path("people/<uuid:record>/readers", day.readers, name="readers"),
    path("people/<uuid:record>/yes/<uuid:consent>", person.withdraw, name="withdraw"),
    path("people/<uuid:record>/arrived", case.report, {"verb": Verb.START}, name="arrived"),
    path("people/<uuid:record>/referral", case.report, name="referral_act"),
    path("people/<uuid:record>/message", case.write_message, name="write_to_sender_of_case"),
    path("people/<uuid:record>/hand-over", person.hand_over, name="hand_over"),
    path("people/<uuid:record>/plan", case.plan, name="plan"),
    path("people/<uuid:record>/note", person.note, name="note"),
    path("people/<uuid:record>/notes/<uuid:note>", corrections.correct_note, name="correct_note"),
    path("people/<uuid:record>/history", history.history, name="history"),
    path("people/<uuid:record>/history/add", history.save_episode, name="add_episode"),
    path("people/<uuid:record>/history/<uuid:episode>", history.save_episode, name="change_episode"),
    path("people/<uuid:record>/history/stages/<slug:stage>", history.life_stage, name="life_stage"),
    path("people/<uuid:record>/undo", corrections.undo, name="undo"),
    path("people/<uuid:record>/next", person.plan_task, name="plan_task"),
    path("people/<uuid:record>/next/<uuid:task>", person.finish_task, name="finish_task"),
    path("people/<uuid:record>/name", case.name, name="name_person"),
    path("people/<uuid:record>/follow-up", case.follow_up, name="follow_up"),
    path("people/<uuid:record>/close", closing.close, name="close_case"),
    path("people/<uuid:record>/close/agree", closing.agree, name="agree_closing"),
    path("people/<uuid:record>/close/not-yet", closing.leave_open, name="keep_open"),
    path("people/<uuid:record>/reopen", closing.reopen, name="reopen_case"),
    path("inbox/<uuid:referral>/accept", case.accept, name="accept_referral"),
]

"""Addresses of case work."""

from django.urls import path

from suar.cases import views, views_case, views_closing

urlpatterns = [
    path("", views.day, name="day"),
    path("find", views.find, name="find_person"),
    path("team", views.team, name="team"),
    path("log", views.access_log, name="access_log"),
    path("people/<uuid:record>", views.person, name="person"),
    path("people/<uuid:record>/readers", views.readers, name="readers"),
    path("people/<uuid:record>/yes/<uuid:consent>", views.withdraw, name="withdraw"),
    path("people/<uuid:record>/arrived", views_case.arrived, name="arrived"),
    path("people/<uuid:record>/referral", views_case.referral_act, name="referral_act"),
    path("people/<uuid:record>/plan", views_case.plan, name="plan"),
    path("people/<uuid:record>/note", views_case.note, name="note"),
    path("people/<uuid:record>/name", views_case.name, name="name_person"),
    path("people/<uuid:record>/follow-up", views_case.follow_up, name="follow_up"),
    path("people/<uuid:record>/close", views_closing.close, name="close_case"),
    path("people/<uuid:record>/close/agree", views_closing.agree, name="agree_closing"),
    path("people/<uuid:record>/close/not-yet", views_closing.not_yet, name="keep_open"),
    path("people/<uuid:record>/reopen", views_closing.reopen, name="reopen_case"),
    path("inbox/<uuid:referral>/accept", views_case.accept, name="accept_referral"),
]

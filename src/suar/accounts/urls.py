"""Addresses of signing in, of the account, and of who works here."""

from django.urls import path

from suar.accounts import (
    views,
    views_account,
    views_factors,
    views_setup,
    views_team,
    views_welcome,
    views_workers,
)

urlpatterns = [
    path("sign-in", views.sign_in, name="sign_in"),
    path("sign-in/challenge", views.sign_in_challenge, name="sign_in_challenge"),
    path("sign-out", views.sign_out, name="sign_out"),
    path("again", views.step_up, name="step_up"),
    path("again/talk", views.open_talk, name="open_talk"),
    path("leave", views.leave, name="leave"),
    path("language", views.language, name="language"),
    path("welcome", views_welcome.welcome, name="welcome"),
    path("recover", views_welcome.recover, name="recover"),
    path("account", views_account.account, name="account"),
    path("account/password", views_account.change_password, name="change_password"),
    path("account/recovery", views_account.recovery_sheet, name="recovery_sheet"),
    path("account/recovery/typed", views_account.prove_recovery, name="prove_recovery"),
    path("account/factors", views_factors.factors_page, name="factors"),
    path("account/app", views_factors.add_app, name="add_app"),
    path("account/codes", views_factors.add_sheet, name="add_sheet"),
    path("account/passkey", views_factors.add_passkey, name="add_passkey"),
    path("account/factors/<slug:factor>/remove", views_factors.remove_factor, name="remove_factor"),
    path("workers", views_workers.workers, name="workers"),
    path("workers/invite", views_workers.invite_worker, name="invite_worker"),
    path("workers/<uuid:worker>/invite", views_workers.invite_again, name="invite_again"),
    path("workers/<uuid:worker>/disable", views_workers.disable_worker, name="disable_worker"),
    path("workers/<uuid:worker>/enable", views_workers.enable_worker, name="enable_worker"),
    path("let-in", views_team.let_in, name="let_in"),
    path("let-in/<uuid:worker>", views_team.let_in_worker, name="confirm_worker"),
    path("let-in/<uuid:worker>/<uuid:team>", views_team.let_in_worker, name="let_in_worker"),
    path("set-up", views_setup.set_up, name="set_up"),
    path("set-up/papers", views_setup.set_up_papers, name="set_up_papers"),
    path("set-up/state", views_setup.set_up_state, name="set_up_state"),
]

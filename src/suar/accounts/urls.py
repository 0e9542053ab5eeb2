"""Addresses of signing in, of the account, and of who works here."""

from django.urls import path

from suar.accounts.views import account, sign_in, workers

urlpatterns = [
    path("sign-in", sign_in.sign_in, name="sign_in"),
    path("sign-in/challenge", sign_in.sign_in_challenge, name="sign_in_challenge"),
    path("sign-out", sign_in.sign_out, name="sign_out"),
    path("again", sign_in.step_up, name="step_up"),
    path("again/talk", sign_in.open_talk, name="open_talk"),
    path("leave", sign_in.leave, name="leave"),
    path("language", sign_in.language, name="language"),
    path("welcome", sign_in.welcome, name="welcome"),
    path("recover", sign_in.recover, name="recover"),
    path("account", account.account, name="account"),
    path("account/password", account.change_password, name="change_password"),
    path("account/recovery", account.recovery_sheet, name="recovery_sheet"),
    path("account/recovery/typed", account.prove_recovery, name="prove_recovery"),
    path("account/factors", account.list_factors, name="factors"),
    path("account/app", account.add_app, name="add_app"),
    path("account/codes", account.add_sheet, name="add_sheet"),
    path("account/passkey", account.add_passkey, name="add_passkey"),
    path("account/factors/<slug:factor>/remove", account.remove_factor, name="remove_factor"),
    path("workers", workers.list_workers, name="workers"),
    path("workers/invite", workers.invite_worker, name="invite_worker"),
    path("workers/<uuid:worker>/invite", workers.invite_again, name="invite_again"),
    path("workers/<uuid:worker>/disable", workers.disable_worker, name="disable_worker"),
    path("workers/<uuid:worker>/enable", workers.enable_worker, name="enable_worker"),
    path("candidates", workers.list_candidates, name="candidates"),
    path("candidates/<uuid:worker>", workers.admit_worker, name="certify_worker"),
    path("candidates/<uuid:worker>/<uuid:team>", workers.admit_worker, name="admit_worker"),
    path("set-up", sign_in.set_up, name="set_up"),
    path("set-up/papers", sign_in.set_up_papers, name="set_up_papers"),
    path("set-up/state", sign_in.set_up_state, name="set_up_state"),
]

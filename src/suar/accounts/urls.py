"""Addresses of signing in and of the account."""

from django.urls import path

from suar.accounts import views

urlpatterns = [
    path("sign-in", views.sign_in, name="sign_in"),
    path("sign-out", views.sign_out, name="sign_out"),
    path("again", views.step_up, name="step_up"),
    path("leave", views.leave, name="leave"),
    path("language", views.language, name="language"),
]

"""Addresses of the desk that answers letters of the public door."""

from django.urls import path

from suar.contact import views, views_feedback, views_files

urlpatterns = [
    path("letters", views.requests, name="requests"),
    path("letters/new", views.new_request, name="new_request"),
    path("letters/desk", views.desk, name="desk"),
    path("letters/<uuid:letter>", views.one, name="request"),
    path("letters/<uuid:letter>/answer", views.answer, name="answer_request"),
    path("letters/<uuid:letter>/settle", views.settle, name="settle_request"),
    path("letters/<uuid:letter>/files/<uuid:enclosed>", views_files.file, name="request_file"),
    path(
        "letters/<uuid:letter>/files/<uuid:enclosed>/taken",
        views_files.take_file,
        name="take_request_file",
    ),
    path(
        "letters/<uuid:letter>/files/<uuid:enclosed>/removed",
        views_files.remove_file,
        name="remove_request_file",
    ),
    path("letters/<uuid:letter>/removed", views_files.remove_files, name="remove_request_files"),
    path("heard", views_feedback.heard, name="heard"),
    path("heard/numbers", views_feedback.numbers, name="heard_numbers"),
    path("heard/quarter", views_feedback.quarter, name="heard_quarter"),
    path("heard/readers", views_feedback.readers, name="heard_readers"),
    path("heard/<uuid:said>", views_feedback.one, name="heard_one"),
    path("heard/<uuid:said>/read", views_feedback.read, name="read_heard"),
    path("heard/<uuid:said>/answer", views_feedback.answer, name="answer_heard"),
    path("heard/<uuid:said>/done", views_feedback.done, name="done_heard"),
]

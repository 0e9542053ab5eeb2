"""Addresses of words on the staff door."""

from django.urls import path

from suar.website.words import views, views_files

urlpatterns = [
    path("words", views.every, name="words"),
    path("words/file", views_files.bring, name="words_bring"),
    path("words/<slug:code>", views.one, name="words_of"),
    path("words/<slug:code>/text/<slug:mark>", views.text, name="word"),
    path("words/<slug:code>/waiting", views.waiting, name="words_waiting"),
    path("words/<slug:code>/brought", views_files.brought, name="words_brought"),
    path("words/<slug:code>/file.<slug:kind>", views_files.download, name="words_file"),
]

"""Addresses of the desk that answers letters."""

from django.urls import path

from suar.contact import views

urlpatterns = [
    path("people/<uuid:record>/for-person/summary", views.summary, name="summary"),
    path("letters", views.inbox, name="requests"),
    path("letters/new", views.new_request, name="new_request"),
    path("letters/desk", views.edit_desk, name="desk"),
    path("letters/<uuid:letter>", views.show_request, name="request"),
    path("letters/<uuid:letter>/answer", views.answer, name="answer_request"),
    path("letters/<uuid:letter>/settle", views.settle, name="settle_request"),
    path("letters/<uuid:letter>/files/<uuid:enclosed>", views.show_file, name="request_file"),
    path("letters/<uuid:letter>/files/<uuid:enclosed>/taken", views.download_file, name="download_request_file"),
    path("letters/<uuid:letter>/files/<uuid:enclosed>/removed", views.remove_file, name="remove_request_file"),
    path("letters/<uuid:letter>/removed", views.remove_files, name="remove_request_files"),
]

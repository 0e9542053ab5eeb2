"""Addresses of the desk that answers letters of the public door."""

from django.urls import path

from suar.voice import views

urlpatterns = [
    path("letters", views.requests, name="requests"),
    path("letters/new", views.new_request, name="new_request"),
    path("letters/desk", views.desk, name="desk"),
    path("letters/<uuid:letter>", views.one, name="request"),
    path("letters/<uuid:letter>/answer", views.answer, name="answer_request"),
    path("letters/<uuid:letter>/settle", views.settle, name="settle_request"),
]

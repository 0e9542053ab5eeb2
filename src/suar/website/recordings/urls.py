"""Addresses of recordings on the staff door."""

from django.urls import path

from suar.website.recordings import views

urlpatterns = [
    path("directory/recordings", views.every, name="recordings"),
    path("directory/recordings/<uuid:recording>", views.one, name="recording"),
    path("directory/recordings/<uuid:recording>/sound", views.sound, name="recording_sound"),
]

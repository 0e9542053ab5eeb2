"""Addresses of the talk."""

from django.urls import path

from suar.screening import views

urlpatterns = [
    path("talk", views.start, name="talk_start"),
    path("talk/ended/<str:stop>", views.ended, name="talk_ended"),
    path("talk/<uuid:record>", views.talk, name="talk"),
    path("talk/<uuid:record>/outcome", views.outcome, name="talk_outcome"),
    path("talk/<uuid:record>/<str:step>", views.step, name="talk_step"),
]

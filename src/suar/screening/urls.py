"""Addresses of the talk; none says what was answered or how it ended."""

from django.urls import path

from suar.screening import (
    views,
    views_ending,
    views_papers,
    views_practice,
    views_reading,
    views_start,
)

urlpatterns = [
    path("talk", views_start.start, name="talk_start"),
    path("talk/information", views_papers.information, name="information"),
    path("talk/papers", views_papers.papers, name="papers"),
    path("talk/papers/<slug:form>", views_papers.paper, name="paper"),
    path("talk/papers/<slug:form>/card", views_papers.pocket, name="pocket"),
    path("talk/practise", views_practice.practise, name="practise"),
    path("talk/practised", views_practice.practised, name="practised"),
    path("talk/readings", views_reading.readings, name="readings"),
    path("talk/readings/<uuid:reading>", views_reading.reading, name="reading"),
    path("talk/ended/<uuid:record>", views_ending.ended, name="talk_ended"),
    path("talk/<uuid:record>", views.talk, name="talk"),
    path("talk/<uuid:record>/outcome", views_ending.outcome, name="talk_outcome"),
    path("talk/<uuid:record>/stop", views_ending.stop, name="talk_stop"),
    path("talk/<uuid:record>/<str:step>", views.step, name="talk_step"),
]

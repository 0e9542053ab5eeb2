"""Addresses of the yardstick."""

from django.urls import path

from bench.anchor import views

urlpatterns = [
    path("hello", views.hello),
    path("enter", views.enter),
    path("cases", views.cases),
    path("services", views.services),
    path("submit", views.submit),
]

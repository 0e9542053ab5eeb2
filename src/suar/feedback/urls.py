"""Addresses of those who read feedback and complaints."""

from django.urls import path

from suar.feedback import views

urlpatterns = [
    path("heard", views.inbox, name="heard"),
    path("heard/numbers", views.numbers, name="heard_numbers"),
    path("heard/quarter", views.publish_quarter, name="heard_quarter"),
    path("heard/readers", views.readers, name="heard_readers"),
    path("heard/<uuid:thread>", views.show_thread, name="heard_one"),
    path("heard/<uuid:thread>/read", views.mark_read, name="read_heard"),
    path("heard/<uuid:thread>/answer", views.answer, name="answer_heard"),
    path("heard/<uuid:thread>/done", views.close, name="done_heard"),
]

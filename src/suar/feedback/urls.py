"""Addresses of those who read feedback and complaints."""

from django.urls import path

from suar.feedback import views

urlpatterns = [
    path("feedback", views.inbox, name="feedback_inbox"),
    path("feedback/numbers", views.numbers, name="feedback_numbers"),
    path("feedback/quarter", views.publish_quarter, name="publish_quarter"),
    path("feedback/readers", views.handlers, name="feedback_readers"),
    path("feedback/<uuid:thread>", views.show_thread, name="feedback_thread"),
    path("feedback/<uuid:thread>/read", views.mark_read, name="mark_feedback_read"),
    path("feedback/<uuid:thread>/answer", views.answer, name="answer_feedback"),
    path("feedback/<uuid:thread>/done", views.close, name="close_feedback"),
]

"""Sending questions: the form that works without JavaScript, and the same action for programs."""

from django.urls import path

from portal.questions.views import asking, wire

app_name = "questions"
urlpatterns = [
    path("live/<int:session_id>/ask/", asking.ask_page, name="ask"),
    path("live/<int:session_id>/ask/code/", asking.code_page, name="ask_code"),
    path("live/<int:session_id>/ask/done/", asking.done_page, name="ask_done"),
    path("live/<int:session_id>/questions/", wire.questions, name="questions"),
    path("live/<int:session_id>/questions/similar/", wire.similar_questions, name="similar"),
    path("live/<int:session_id>/questions/<int:question_id>/vote/", wire.vote_for, name="vote"),
]

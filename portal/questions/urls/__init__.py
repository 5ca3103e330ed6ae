"""Sending questions: the form that works without JavaScript, and the same action for programs."""

from django.urls import path

from portal.questions.views import asking, crew, studio, wire

app_name = "questions"
urlpatterns = [
    path("live/<int:session_id>/ask/", asking.ask_page, name="ask"),
    path("live/<int:session_id>/ask/code/", asking.code_page, name="ask_code"),
    path("live/<int:session_id>/ask/done/", asking.done_page, name="ask_done"),
    path("live/<int:session_id>/questions/", wire.questions, name="questions"),
    path("live/<int:session_id>/questions/mine/", wire.mine, name="mine"),
    path("live/<int:session_id>/questions/similar/", wire.similar_questions, name="similar"),
    path("live/<int:session_id>/questions/<int:question_id>/matter/", studio.matter, name="matter"),
    path("live/<int:session_id>/questions/<int:question_id>/vote/", wire.vote_for, name="vote"),
    path("live/<int:session_id>/crew/", crew.crew_desk, name="crew_desk"),
    path("live/<int:session_id>/crew/take-down/", crew.crew_take_down, name="crew_take_down"),
    path("live/<int:session_id>/crew/block/", crew.crew_block, name="crew_block"),
    path("live/<int:session_id>/crew/slow-mode/", crew.crew_slow_mode, name="crew_slow_mode"),
    path("live/<int:session_id>/crew/running-order/", crew.crew_running_order, name="crew_running_order"),
    path("live/<int:session_id>/crew/<int:question_id>/", crew.crew_question, name="crew_question"),
    path(
        "live/<int:session_id>/crew/<int:question_id>/public-text/",
        crew.crew_public_text,
        name="crew_public_text",
    ),
]

from django.urls import include, path

from portal.live import views

app_name = "live"
urlpatterns = [
    path("live/plan/", views.plan, name="plan"),
    path("live/rota/", views.rota, name="rota"),
    path("live/<int:session_id>/move/", views.move, name="move"),
    path("live/<int:session_id>/swap/", views.swap_hosts, name="swap"),
    path("live/<int:session_id>/remind/", views.remind_me, name="remind"),
    path("calendar/", views.calendar_page, name="calendar"),
    path("calendar/next/", views.next_broadcast, name="next"),
    path("calendar.ics", views.calendar_feed, name="feed"),
    path("live/<int:session_id>/cancel/", views.cancel, name="cancel"),
    # Home, live, studio, console, stage and replay show questions too, and questions stand above this room.
    path("", include("portal.questions.urls.pages")),
]

from django.urls import include, path

from portal.live import views
from portal.live.views import calendars, invitations

app_name = "live"
urlpatterns = [
    path("live/plan/", views.plan, name="plan"),
    path("live/rota/", views.rota, name="rota"),
    path("live/<int:session_id>/move/", views.move, name="move"),
    path("live/<int:session_id>/swap/", views.swap_hosts, name="swap"),
    path("live/<int:session_id>/remind/", calendars.remind_me, name="remind"),
    path("live/<int:session_id>/invitations/", invitations.invitations, name="invitations"),
    path(
        "live/<int:session_id>/invitations/<int:invitation_id>/revoke/",
        invitations.revoke_invitation,
        name="revoke_invitation",
    ),
    path("live/<int:session_id>/join/<str:token>/", invitations.join, name="join"),
    path("live/<int:session_id>/cohost/", invitations.cohost, name="cohost"),
    path("calendar/", calendars.calendar_page, name="calendar"),
    path("calendar/next/", calendars.next_broadcast, name="next"),
    path("calendar.ics", calendars.calendar_feed, name="feed"),
    path("live/<int:session_id>/cancel/", views.cancel, name="cancel"),
    # Home, live, studio, console, stage and replay show questions too, and questions stand above this room.
    path("", include("portal.questions.urls.pages")),
]

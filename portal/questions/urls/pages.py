"""Pages of a broadcast that show questions; included by `portal.live.urls` into its namespace."""

from django.urls import path

from portal.questions.views import pages, studio

urlpatterns = [
    path("", pages.home, name="home"),
    path("live/<int:session_id>/", pages.live, name="live"),
    path("live/<int:session_id>/studio/", studio.studio, name="studio"),
    path("live/<int:session_id>/rehearse/", studio.rehearse, name="rehearse"),
    path("live/<int:session_id>/console/", pages.console, name="console"),
    path("live/<int:session_id>/overlay/<str:key>/", pages.overlay, name="overlay"),
    path("live/<int:session_id>/stage/", pages.stage, name="stage"),
    path("live/<int:session_id>/replay/", pages.replay, name="replay"),
]

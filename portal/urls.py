"""Addresses of all rooms. Upper packages are named as text only."""

from django.urls import include, path
from django.views.generic import TemplateView
from django.views.i18n import set_language

from portal.lib.catalog import Words
from portal.lib.shell import service_worker

handler500 = "portal.lib.http.server_error"
urlpatterns = [
    path("words.js", Words.as_view(), name="words"),
    path("service-worker.js", service_worker, name="service_worker"),
    path("offline/", TemplateView.as_view(template_name="offline.html"), name="offline"),
    path("language/", set_language, name="set_language"),
    path("styleguide/", TemplateView.as_view(template_name="styleguide.html"), name="styleguide"),
    path("", include("portal.notices.urls")),
    path("people/", include("portal.people.urls")),
    path("", include("portal.appeals.urls")),
    path("", include("portal.board.urls")),
    path("", include("portal.questions.urls")),
    path("", include("portal.live.urls")),
    path("", include("portal.reports.urls")),
    path("", include("recordings.urls")),
    path("", include("transcripts.urls")),
]

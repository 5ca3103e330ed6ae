from django.urls import include, path

from portal.live import views

app_name = "live"
urlpatterns = [
    path("live/plan/", views.plan, name="plan"),
    path("live/<int:session_id>/cancel/", views.cancel, name="cancel"),
    # Home, live, studio, console, stage and replay show questions too, and questions stand above this room.
    path("", include("portal.questions.urls.pages")),
]

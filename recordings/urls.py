from django.urls import path

from recordings import views

app_name = "recordings"
urlpatterns = [
    path("recordings/clips/<int:clip_id>.mp4", views.clip, name="clip"),
    path("recordings/cuts/<int:cut_id>.mp4", views.original, name="original"),
    path("recordings/answers/<int:question_id>.mp4", views.answer, name="answer"),
    path("recordings/<int:session_id>/timeline.json", views.timeline, name="timeline"),
]

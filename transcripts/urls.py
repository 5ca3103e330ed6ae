from django.urls import path

from transcripts import replays, views

app_name = "transcripts"
urlpatterns = [
    path("live/<int:session_id>/transcript.json", views.transcript_json, name="json"),
    path("live/<int:session_id>/transcript.vtt", views.transcript_vtt, name="vtt"),
    path("live/<int:session_id>/transcript.txt", views.transcript_txt, name="txt"),
    path("replays/", replays.replays, name="replays"),
    path("transcripts/search.json", views.search_json, name="search"),
]

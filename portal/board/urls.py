from django.urls import path

from portal.board import views

app_name = "board"
urlpatterns = [
    path("board/", views.board, name="board"),
    path("board/write/", views.write, name="write"),
    path("board/<str:number>/show/", views.show, name="show"),
]

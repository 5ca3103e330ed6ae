from django.urls import path

from portal.notices import views

app_name = "notices"
urlpatterns = [path("notices/push/", views.push, name="push")]

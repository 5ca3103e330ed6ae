from django.urls import path

from portal.people import views

app_name = "people"
urlpatterns = [
    path("login/", views.login, name="login"),
    path("logout/", views.logout, name="logout"),
    path("logout/everywhere/", views.logout_everywhere, name="logout_everywhere"),
    path("print/", views.large_print, name="large_print"),
    path("code/", views.code, name="code"),
    path("verify/", views.verify, name="verify"),
]

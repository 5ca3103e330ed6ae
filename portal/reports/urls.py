from django.urls import path

from portal.reports import views

app_name = "reports"
urlpatterns = [
    path("reports/", views.on_time, name="on_time"),
    path("reports/on-time.csv", views.on_time_file, name="on_time_file"),
]

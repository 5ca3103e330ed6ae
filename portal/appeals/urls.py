from django.urls import path

from portal.appeals import views

app_name = "appeals"
urlpatterns = [
    path("cases/", views.cases, name="cases"),
    path("cases/<str:number>/", views.case, name="case"),
    path("cases/<str:number>/withdraw/", views.withdraw, name="withdraw"),
    path("cases/<str:number>/rate/<str:token>/", views.rate, name="rate"),
    path("desk/", views.desk, name="desk"),
    path("desk/<str:number>/", views.desk_case, name="desk_case"),
    path("desk/<str:number>/identity/", views.desk_identity, name="desk_identity"),
    path("desk/<str:number>/<str:step>/", views.desk_step, name="desk_step"),
]

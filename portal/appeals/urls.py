from django.urls import path

from portal.appeals.views import citizen, desk, files, lists

app_name = "appeals"
urlpatterns = [
    path("cases/", citizen.cases, name="cases"),
    path("cases/<str:number>/", citizen.case, name="case"),
    path("cases/<str:number>/withdraw/", citizen.withdraw, name="withdraw"),
    path("cases/<str:number>/rate/<str:token>/", citizen.rate, name="rate"),
    path("cases/<str:number>/files/", files.files, name="files"),
    path("cases/<str:number>/files/<uuid:uuid>/", files.file, name="file"),
    path("files/<uuid:uuid>/", files.upload, name="upload"),
    path("files/<uuid:uuid>/remove/", files.remove_file, name="remove_file"),
    path("desk/", desk.desk, name="desk"),
    path("desk/filters/", lists.save_filter, name="save_filter"),
    path("desk/filters/<int:filter_id>/remove/", lists.remove_filter, name="remove_filter"),
    path("desk/bulk/", lists.bulk, name="bulk"),
    path("desk/bulk/sign/", lists.bulk_sign, name="bulk_sign"),
    path("desk/promises/", lists.promises, name="promises"),
    path("desk/promises/<int:promise_id>/kept/", lists.kept, name="promise_kept"),
    path("desk/<str:number>/", desk.desk_case, name="desk_case"),
    path("desk/<str:number>/identity/", desk.desk_identity, name="desk_identity"),
    path("desk/<str:number>/<str:step>/", desk.desk_step, name="desk_step"),
]

"""Addresses of the files of a case, and of what leaves the portal."""

from django.urls import path

from incidents.views import evidence as views
from incidents.views import exports

CASE = "cases/<slug:reference>/"
FILE = CASE + "files/<slug:public_id>/"
urlpatterns = [
    path(CASE + "files/", views.files, name="files"),
    path(CASE + "files/add/", views.file_gate, name="file_gate"),
    path(CASE + "files/stop/", views.file_stop, name="file_stop"),
    path(CASE + "files/add/<str:token>/", views.file_add, name="file_add"),
    path(FILE, views.file, name="file"),
    path(FILE + "look/<int:number>/", views.file_look, name="file_look"),
    path(FILE + "copy/<int:number>/", views.file_copy, name="file_copy"),
    path(FILE + "original/", views.file_take, name="file_take"),
    path(FILE + "lock/", views.file_lock, name="file_lock"),
    path(FILE + "destroy/", views.file_destroy, name="file_destroy"),
    path(CASE + "letters/<int:number>/", exports.letter, name="letter"),
    path(CASE + "export/", exports.export, name="export"),
]

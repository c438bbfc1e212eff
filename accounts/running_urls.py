"""Addresses of running an account day to day: its log, its checks, the list before posting."""

from django.urls import path

from accounts.views import log

ONE = "schools/<slug:school>/accounts/<int:pk>/"
urlpatterns = [
    path(f"{ONE}log/", log.log_list, name="log"),
    path(f"{ONE}log/export/", log.log_export, name="log_export"),
    path(f"{ONE}log/add/", log.log_choose, name="log_choose"),
    path(f"{ONE}log/add/<slug:kind>/", log.log_add, name="log_add"),
    path(f"{ONE}log/<int:entry>/", log.log_correct, name="log_correct"),
    path(f"{ONE}log/<int:entry>/mistake/", log.log_strike, name="log_strike"),
]

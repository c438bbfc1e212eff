"""Addresses of what people were told, and of the school's delivery page."""

from django.urls import path

from notices import ladder_views, own_views, views

app_name = "notices"
urlpatterns = [
    path("notices/", views.notice_list, name="mine"),
    path("notices/read/", views.notices_read, name="read"),
    path("you/reminders/", own_views.reminders, name="reminders"),
    path("you/calendar/", own_views.calendar_create, name="calendar_create"),
    path("you/calendar/end/", own_views.calendar_revoke, name="calendar_revoke"),
    path("calendar/<str:token>.ics", own_views.calendar, name="calendar"),
    path("schools/<slug:school>/reminders/", ladder_views.ladders, name="ladders"),
    path("schools/<slug:school>/reminders/<str:kind>/", ladder_views.ladder_change, name="ladder"),
    path(
        "schools/<slug:school>/reminders/<str:kind>/reset/",
        ladder_views.ladder_reset,
        name="ladder_reset",
    ),
    path("schools/<slug:school>/owed/", views.owed_list, name="owed"),
    path("schools/<slug:school>/owed/export/", views.owed_csv, name="owed_csv"),
    path("schools/<slug:school>/delivery/", views.delivery, name="delivery"),
    path("schools/<slug:school>/delivery/<int:pk>/retry/", views.mail_retry, name="retry"),
]

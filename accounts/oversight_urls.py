"""Addresses of devices, trips, emergencies, safeguards and the review of access."""

from django.urls import path

from accounts.views import access_review, device, emergency, safeguard, trip

AT = "schools/<slug:school>/accounts/"
ONE = f"{AT}<int:pk>/"
urlpatterns = [
    path(f"{AT}devices/", device.device_list, name="devices"),
    path(f"{AT}devices/enter/", device.device_enter, name="device_enter"),
    path(f"{AT}devices/<int:device>/pin/", device.device_pin, name="device_pin"),
    path(f"{AT}devices/<int:device>/retire/", device.device_retire, name="device_retire"),
    path(f"{AT}devices/<int:device>/lost/", device.device_lost, name="device_lost"),
    path(f"{ONE}devices/", device.account_devices, name="account_devices"),
    path(f"{ONE}devices/add/", device.device_allow, name="device_allow"),
    path(f"{ONE}devices/new/", device.device_new, name="device_new"),
    path(f"{ONE}devices/<int:use>/off/", device.device_off, name="device_off"),
    path(f"{ONE}trips/lend/", trip.trip_lend, name="trip_lend"),
    path(f"{ONE}trips/<int:trip>/end/", trip.trip_end, name="trip_end"),
    path(f"{ONE}trips/<int:trip>/cancel/", trip.trip_cancel, name="trip_cancel"),
    path(f"{ONE}trips/<int:trip>/photos/", trip.trip_photos, name="trip_photos"),
    path(f"{ONE}emergency/", emergency.emergency_list, name="emergency"),
    path(f"{ONE}emergency/ask/", emergency.emergency_ask, name="emergency_ask"),
    path(
        f"{ONE}emergency/<int:emergency>/agree/", emergency.emergency_agree, name="emergency_agree"
    ),
    path(
        f"{ONE}emergency/<int:emergency>/refuse/",
        emergency.emergency_refuse,
        name="emergency_refuse",
    ),
    path(
        f"{ONE}emergency/<int:emergency>/withdraw/",
        emergency.emergency_withdraw,
        name="emergency_withdraw",
    ),
    path(f"{ONE}emergency/<int:emergency>/end/", emergency.emergency_end, name="emergency_end"),
    path(f"{ONE}safeguards/", safeguard.safeguards, name="safeguards"),
    path(f"{ONE}safeguards/sign-in/", safeguard.sign_in, name="confirm_sign_in"),
    path(f"{ONE}safeguards/tell/", safeguard.tell_address, name="tell_address"),
    path(f"{ONE}safeguards/confirm/", safeguard.confirm_address, name="confirm_address"),
    path(f"{ONE}safeguards/pupils/", safeguard.pupils, name="pupils"),
    path(f"{ONE}safeguards/waive/", safeguard.waive, name="waive"),
    path(f"{ONE}safeguards/change-now/", safeguard.change_now, name="change_now"),
    path(f"{AT}access/", access_review.review_list, name="access_reviews"),
    path(f"{AT}access/open/", access_review.review_open, name="access_open"),
    path(f"{AT}access/<int:review>/", access_review.review_detail, name="access_review"),
    path(f"{AT}access/<int:review>/export/", access_review.review_export, name="access_export"),
    path(f"{AT}access/<int:review>/rest/", access_review.review_rest, name="access_rest"),
    path(f"{AT}access/rows/<int:row>/keep/", access_review.row_keep, name="access_keep"),
    path(f"{AT}access/rows/<int:row>/ask/", access_review.row_ask, name="access_ask"),
    path(f"{AT}access/rows/<int:row>/end/", access_review.row_end, name="access_end"),
    path(f"{AT}access/rows/<int:row>/answer/", access_review.row_answer, name="access_answer"),
]

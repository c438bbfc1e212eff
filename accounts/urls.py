"""Addresses of the register of social media accounts."""

from django.urls import path

from accounts import outside_urls, oversight_urls, register_urls, running_urls
from accounts.views import account, closing, passwords, register

app_name = "accounts"
AT = "schools/<slug:school>/accounts/"
ONE = f"{AT}<int:pk>/"
urlpatterns = [
    path(AT, register.account_list, name="register"),
    path(f"{AT}export/", register.account_export, name="export"),
    path(f"{AT}enter/", register.account_enter, name="enter"),
    path(f"{AT}found/", register.account_found, name="found"),
    path(ONE, account.account_detail, name="account"),
    path(f"{ONE}history/", account.account_history, name="history"),
    path(f"{ONE}change/", account.account_change, name="change"),
    path(f"{ONE}address/", account.account_address, name="address"),
    path(f"{ONE}rules/", account.house_rules, name="house_rules"),
    path(f"{ONE}runners/add/", account.runner_add, name="runner_add"),
    path(f"{ONE}runners/<int:runner>/end/", account.runner_end, name="runner_end"),
    path(f"{ONE}runners/<int:runner>/access/", account.runner_access, name="runner_access"),
    path(f"{ONE}suspend/", account.account_suspend, name="suspend"),
    path(f"{ONE}reinstate/", account.account_reinstate, name="reinstate"),
    path(f"{ONE}close/", closing.begin, name="begin_closing"),
    path(f"{ONE}closing/", closing.steps, name="closing"),
    path(f"{ONE}closed/", closing.close, name="close"),
    path(f"{ONE}password/", passwords.changed, name="changed"),
    path(f"{ONE}password/<int:rotation>/", passwords.confirm, name="confirm"),
    *register_urls.urlpatterns,
    *running_urls.urlpatterns,
    *outside_urls.urlpatterns,
    *oversight_urls.urlpatterns,
]

"""What is asked for in a case, and where somebody decides on it without seeing the case."""

from django.urls import path

from incidents.handling_urls import AT, ONE
from incidents.views import asked
from incidents.views import investigating as views

HERE = f"{ONE}investigating/"
urlpatterns = [
    path(HERE, views.investigating, name="investigating"),
    path(f"{HERE}account/", views.account_ask, name="account_ask"),
    path(f"{HERE}account/<int:number>/<slug:move>/", views.account_move, name="account_move"),
    path(f"{HERE}content/", views.content_ask, name="content_ask"),
    path(f"{HERE}content/<int:number>/decide/", views.content_decide, name="content_decide"),
    path(f"{HERE}content/<int:number>/look/", views.content_look, name="content_look"),
    path(f"{HERE}content/<int:number>/end/", views.content_end, name="content_end"),
    path("content/<slug:reference>/", asked.content, name="content_asked"),
    path("content/<slug:reference>/shut/", asked.content_shut, name="content_shut"),
    path(f"{AT}asked/", asked.glasses, name="glasses"),
    path(f"{AT}asked/<slug:code>/", asked.glass_decide, name="glass_decide"),
]  # fmt: skip

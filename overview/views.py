from django.http import HttpResponse
from django.shortcuts import render

from people.http import Request


def home(request: Request) -> HttpResponse:
    return render(request, "overview/home.html")


def dashboard(request: Request, school: str) -> HttpResponse:
    return render(request, "overview/dashboard.html")

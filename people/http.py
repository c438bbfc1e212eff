"""What a view is handed."""

from django.http import HttpRequest

from people.models import User


class Request(HttpRequest):
    """A request past LoginRequiredMiddleware: its user is a person, never anonymous."""

    user: User

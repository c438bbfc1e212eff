"""What the worker does for sign-in."""

from celery import shared_task
from django.core.management import call_command


@shared_task(ignore_result=True)
def clear_sessions() -> None:
    """Delete the sessions that have expired: nobody else does, and they name a person."""
    call_command("clearsessions")

"""What the worker does for sign-in."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from people.tasks import clear_sessions


@pytest.mark.django_db
def test_sessions_that_have_expired_are_deleted_and_the_others_stay() -> None:
    now = timezone.now()
    for name, days in (("old", -1), ("open", 1)):
        Session.objects.create(
            session_key=name, session_data="", expire_date=now + timedelta(days=days)
        )

    clear_sessions()

    assert [row.session_key for row in Session.objects.all()] == ["open"]

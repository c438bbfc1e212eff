"""Django's sessions in the database, found by a prepared query: every page asks for one."""

from __future__ import annotations

from datetime import datetime

from django.contrib.sessions.backends import db
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db.models import QuerySet
from django.utils import timezone

from web.prepared import prepared


@prepared
def _unexpired(*, key: str, at: datetime) -> QuerySet[AbstractBaseSession]:
    return SessionStore.get_model_class().objects.filter(session_key=key, expire_date__gt=at)


class SessionStore(db.SessionStore):
    def _get_session_from_db(self) -> AbstractBaseSession | None:
        rows = _unexpired(key=self.session_key, at=timezone.now()) if self.session_key else []
        if not rows:
            self._session_key = None
        return rows[0] if rows else None

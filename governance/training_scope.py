"""Who may open certificates, and what the record says in words about training and education."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from files.purposes import Purpose
from governance.models import TrainingRecord

if TYPE_CHECKING:
    from people.models import User

WORDS = {
    "training_course.start": "added a training course",
    "training_course.change": "changed a training course",
    "training_session.plan": "planned a training session",
    "training_session.change": "changed a training session",
    "training_session.cancel": "cancelled a training session",
    "training_session.register": "ticked who came to a training session",
    "training_import.confirm": "imported a list of training",
    "training.record": "recorded that somebody took a training",
    "training.send_in": "sent in a certificate",
    "training.confirm": "confirmed a certificate",
    "training.decline": "declined a certificate",
    "training.correct": "corrected a training record",
    "training.remove": "took a training record off",
    "education.add": "entered something in the education log",
    "education.change": "changed an entry of the education log",
    "education.delete": "deleted an entry of the education log",
}


def scope(user: User) -> Q:
    """The person themself, and whoever may see their training."""
    kept = TrainingRecord.objects.visible_to(user).exclude(certificate=None)
    return Q(purpose=Purpose.TRAINING_CERTIFICATE, pk__in=kept.values("certificate"))

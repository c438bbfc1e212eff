from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    """Reports, triage, actions, referrals and the chronology of cases."""

    name = "incidents"
    default_auto_field = "django.db.models.BigAutoField"

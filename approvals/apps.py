from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    """Business cases: from the wish for an account to its evaluation."""

    name = "approvals"
    default_auto_field = "django.db.models.BigAutoField"

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Social media accounts of schools. Logins are in `people`."""

    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

"""The web server's entry point."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
# Every page is imported now: what is broken stops the start, and no visitor waits for it.
_ = get_resolver().url_patterns

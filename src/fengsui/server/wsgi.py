"""The application for any WSGI server; `fengsui serve` runs it in granian."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fengsui.server.settings")
application = get_wsgi_application()

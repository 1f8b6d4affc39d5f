"""The application for any WSGI server; `fengsui serve` runs it in granian."""

import os
import sys

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fengsui.server.settings")
# A thread that holds a case's row waits for the others' Python no longer than this, in seconds.
sys.setswitchinterval(0.001)
application = get_wsgi_application()

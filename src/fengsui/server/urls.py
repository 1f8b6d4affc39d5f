"""Where each address leads: the pages, and what monitors ask for."""

from django.urls import include, path

from fengsui.server.health import favicon, health, ready
from fengsui.server.metrics import metrics

urlpatterns = [
    path("health", health, name="health"),
    path("health/ready", ready, name="ready"),
    path("metrics", metrics, name="metrics"),
    path("favicon.ico", favicon),
    path("api/", include("fengsui.api.urls")),
    path("", include("fengsui.web.urls")),
]

# Django asks the root for these.
handler400 = "fengsui.server.unread.bad_request"
handler403 = "fengsui.web.views.problems.forbidden"
handler404 = "fengsui.web.views.problems.not_found"
handler500 = "fengsui.web.views.problems.failed"

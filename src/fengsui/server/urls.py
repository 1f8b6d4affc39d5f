"""Where each address leads: the pages, and the health page for monitors."""

from django.urls import include, path

from fengsui.server.health import favicon, health

urlpatterns = [
    path("health", health, name="health"),
    path("favicon.ico", favicon),
    path("", include("fengsui.web.urls")),
]

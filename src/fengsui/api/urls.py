"""Addresses of the HTTP interface under /api/: the page that shows it, its schema, its first version."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from fengsui.api.interface import no_such_address, patterns
from fengsui.api.reference import reference

urlpatterns: list[URLPattern | URLResolver] = [
    path("", reference, name="api-page"),
    path("v1/", include((patterns(), "api"))),
    re_path(r"^[\s\S]+$", no_such_address),
]

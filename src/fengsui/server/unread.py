"""What Django itself refuses to read, before any view: a name of the server that is none of its own, a form too large.

Rules
- The interface is answered with a problem document, a person with a page.
"""

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse

from fengsui.api import answers
from fengsui.server.middleware import of_interface
from fengsui.web.views import problems

STRANGER = {"loc": ("header", "Host"), "type": "host", "msg": "the server goes by other names: FENGSUI_ALLOWED_HOSTS"}
UNREADABLE = {"loc": ("request",), "type": "unreadable", "msg": "it cannot be read"}


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answers 400 to a person, 422 with the fault to a program."""
    if not of_interface(request):
        return problems.bad_request(request, exception)
    fault = STRANGER if isinstance(exception, DisallowedHost) else UNREADABLE
    return answers.faulty(request, [answers.fault(fault)])

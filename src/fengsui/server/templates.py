"""Templates as they are sent: indented for whoever writes them, not for whoever loads the page.

The indentation is taken away once, when a template is read; line numbers stay. No template says a text over several
lines, and what is inserted keeps its own spaces.
"""

import re

from django.template import Origin
from django.template.loaders import app_directories

_INDENTED = re.compile(r"\n[ \t]+")


class Loader(app_directories.Loader):
    """Reads the templates of the installed apps."""

    def get_contents(self, origin: Origin) -> str:
        """Return a template's text without what only indents it."""
        return _INDENTED.sub("\n", super().get_contents(origin))

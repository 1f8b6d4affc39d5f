"""`fengsui createadmin NAME`: an administrator's account, or a new password for one that exists."""

import argparse
import getpass
import os
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from fengsui.ledger import service as ledger
from fengsui.server import clock
from fengsui.server.management.commands.serve import prepare_database

INSTALLATION = "installation"
"""The stream of the ledger for changes that belong to no organisation."""
OPERATOR = "operator"
"""Who types this command: whoever may read the data folder. The account has no person yet."""


class Command(BaseCommand):
    """Creates the account; asks for the password, or takes it from FENGSUI_ADMIN_PASSWORD."""

    help = "Create an administrator's account, or give an existing one a new password and re-enable it."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("name", help="the name to sign in with")
        parser.add_argument("--email", default="", help="address for the account")

    def handle(self, *args: Any, **options: Any) -> None:
        prepare_database(migrate=False)
        password = os.environ.get("FENGSUI_ADMIN_PASSWORD") or self.ask()
        with transaction.atomic():
            user, created = get_user_model().objects.get_or_create(username=options["name"])
            user.email = options["email"] or user.email
            user.is_active = user.is_staff = user.is_superuser = True
            self.set_password(user, password)
            user.save()
            content = {"username": user.username, "created": created}
            ledger.record(INSTALLATION, "administrator_set", content, actor=OPERATOR, at=clock.now())
        self.stdout.write(f"{'Created' if created else 'Renewed'} the administrator {user.username}.")

    def ask(self) -> str:
        """The password, typed twice."""
        password = getpass.getpass("Password: ")
        if password != getpass.getpass("The same again: "):
            raise CommandError("The two passwords differ: nothing was changed.")
        return password

    def set_password(self, user: Any, password: str) -> None:
        """Sets the password if it meets the policy; else says each demand it fails."""
        try:
            validate_password(password, user)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        user.set_password(password)

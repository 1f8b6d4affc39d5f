"""`fengsui createadmin NAME`: an administrator's account, or a new password for one that exists.

With `--organisation` and `--code` it also founds the organisation, or finds the one of that code, and puts a person
with an administrative office behind the account: run once for each of the three officers; everything else is done on
the pages.
"""

import argparse
import getpass
import os
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from fengsui.core.problems import Refused
from fengsui.directory import offices, selectors, service
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
        parser.add_argument(
            "--organisation", default="", help="name of the topmost organisation, made if there is none"
        )
        parser.add_argument("--code", default="", help="its code of 2 to 12 capitals, as in the numbers of its cases")
        parser.add_argument(
            "--office", default=offices.SYSTEM, choices=[*offices.LABELS], help="the office of the person"
        )

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
            if options["organisation"] or options["code"]:
                self.seat(user, options["organisation"], options["code"], options["office"])
        self.stdout.write(f"{'Created' if created else 'Renewed'} the administrator {user.username}.")

    def seat(self, user: Any, name: str, code: str, office: str) -> None:
        """Founds or finds the organisation, and puts a person with the office behind the account."""
        now = clock.now()
        try:
            known = next(
                (
                    one.id
                    for root in selectors.roots()
                    for one in selectors.organisations(root)
                    if one.code == code and not one.parent
                ),
                None,
            )
            root = known or service.create_organisation(name, code, actor=OPERATOR, at=now)
            service.bind(user, root, offices.LABELS[office][0], office, actor=OPERATOR, at=now)
        except Refused as refused:
            raise CommandError(f"{refused.problem.message('en')} {refused.problem.hint('en')}") from None

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

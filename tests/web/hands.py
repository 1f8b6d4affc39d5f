"""What a person's hands do on the pages: sign in, report, open an act, fill in, press.

Rules
* A story says who does what; everything it needs is on the page. Nothing is asked of the database.
* A form is filled by the names of its inputs; what is folded is unfolded first, as a person would.
* `do` expects to land on the case again and gives the receipt; `refused` expects a no and gives its words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from playwright.sync_api import Locator, Page, expect

Value = str | Sequence[str]


class Room:
    """A duty room in which several people sit, each with a browser of his own."""

    def __init__(self, new_page: Callable[..., Page], sign_in: Callable[[Page, str], None], **options: Any) -> None:
        self._new_page, self._sign_in, self._options = new_page, sign_in, options
        self._pages: dict[str, Page] = {}

    def page(self, role: str) -> Page:
        """This person's page, signed in."""
        if role not in self._pages:
            page = self._new_page(**self._options)
            self._sign_in(page, role)
            self._pages[role] = page
        return self._pages[role]

    def report(self, role: str, title: str, facts: Mapping[str, str], *, rest_none: bool = True, **more: Value) -> str:
        """Reports through the form and returns the number of the new case."""
        page = self.page(role)
        page.goto("/report/" + (f"?kind={more.pop('kind')}" if "kind" in more else ""))
        fill(page, {"title": title, "note": "值班员现场判断", "owner": "office@licensing", **more})
        for name, value in facts.items():
            fill(page, {f"f.{name}": value, f"k.{name}": "verified"})
        if rest_none:
            fill(page, {"rest_none": "1"})
        page.locator("#submit:visible, .dock .go:visible").first.click()
        expect(page).to_have_url(re.compile(r"/cases/[^/]+/$"))
        return page.url.rstrip("/").rsplit("/", 1)[-1]

    def case(self, role: str, number: str) -> Page:
        """Opens a case."""
        page = self.page(role)
        page.goto(f"/cases/{number}/")
        return page

    def open_act(self, role: str, number: str, act: str, **part: str) -> Page:
        """Opens the page of an act."""
        page = self.page(role)
        query = "&".join(f"{name}={value}" for name, value in part.items())
        page.goto(f"/cases/{number}/act/{act}/" + (f"?{query}" if query else ""))
        return page

    def do(self, role: str, number: str, act: str, values: Mapping[str, Value] | None = None, **part: str) -> str:
        """Does an act and returns what the receipt says."""
        page = self.open_act(role, number, act, **part)
        press(page, number, values or {})
        said = page.locator("#errors, #refusal").all_inner_texts()
        assert not said, f"{role} could not {act}: {said}"
        expect(page).to_have_url(re.compile(rf"/cases/{number}/$"))
        receipt = page.locator("[data-toast]").first
        expect(receipt).to_be_visible()
        return receipt.inner_text()

    def refused(
        self, role: str, number: str, act: str, values: Mapping[str, Value] | None = None, **part: str
    ) -> tuple[str, str]:
        """Tries an act that the plan does not accept, by a clause; returns the code and the words of the refusal."""
        page = self.open_act(role, number, act, **part)
        press(page, number, values or {})
        box = page.locator("#refusal")
        expect(box).to_be_visible()
        expect(box.locator("a.cite").first).to_be_visible()
        return box.get_attribute("data-code") or "", box.inner_text()


def press(page: Page, number: str, values: Mapping[str, Value]) -> None:
    """Fills the form of an act and presses its button; what cannot be undone is confirmed by the number."""
    fill(page, values)
    sure = page.locator("dialog#sure")
    asks = sure.count() and _is_grave(sure, values)
    page.locator("#act #submit").click()
    if asks:
        sure.locator("#i-confirm").fill(number.rsplit("-", 1)[-1])
        sure.locator(".stop").click()
    page.wait_for_load_state()


def _is_grave(sure: Locator, values: Mapping[str, Value]) -> bool:
    """Whether what is chosen cannot be undone."""
    grave = (sure.get_attribute("data-grave") or "").split()
    return not grave or "value" not in values or values["value"] in grave


def tick(box: Locator) -> None:
    """Ticks a box or chooses an option where a finger would: on its label."""
    if box.is_checked():
        return
    label = box.evaluate_handle("each => each.labels[0] || each").as_element()
    assert label is not None
    label.click()
    expect(box).to_be_checked()


def fill(page: Page, values: Mapping[str, Value]) -> None:
    """Fills inputs by name: text, choice, boxes, files."""
    page.locator("form details").evaluate_all("all => all.forEach(each => { each.open = true; })")
    for name, value in values.items():
        inputs = page.locator(f'main form [name="{name}"]')
        kind = inputs.first.evaluate("each => each.type")
        if kind in ("radio", "checkbox"):
            for one in [value] if isinstance(value, str) else value:
                tick(page.locator(f'main form [name="{name}"][value="{one}"]'))
        elif kind.startswith("select"):
            inputs.first.select_option(value if isinstance(value, str) else list(value))
        elif kind == "file":
            inputs.first.set_input_files(value if isinstance(value, str) else list(value))
        else:
            inputs.first.fill(str(value))

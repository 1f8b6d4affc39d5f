"""What cannot be undone is asked once more: in a dialog over the form, by keys; without script on the page itself."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.axe import violations
from tests.web.test_walk import FACES, narrow_enough

DIALOG = "dialog#sure"


def transfer(page: Page) -> str:
    """The page that hands a warning over to an incident, and its number's end."""
    page.goto("/cases/?kind=warning")
    case = page.locator("tbody a").first.get_attribute("href") or ""
    page.goto(f"{case}act/transfer/")
    return case.strip("/").rsplit("-", 1)[-1]


@pytest.mark.parametrize("face", FACES)
def test_the_dialog_is_sound_in_every_face(face, new_page, sign_in):
    page = new_page(**FACES[face])
    sign_in(page, "zhuren")
    transfer(page)
    assert not page.locator("#i-confirm").is_visible()
    page.locator("#submit").click()
    dialog = page.locator(DIALOG)
    expect(dialog.get_by_role("button", name="返回")).to_be_focused()
    expect(dialog.locator("#follows")).to_contain_text("停止")
    expect(dialog.locator("#follows")).to_contain_text("〔")
    box, window = dialog.bounding_box(), page.viewport_size
    assert abs(box["x"] * 2 + box["width"] - window["width"]) < 20 and box["y"] > 20
    assert violations(page) == [] and narrow_enough(page)


def test_without_script_the_question_stands_on_the_page(new_page, sign_in, troubles):
    troubles.expect("status of 422")
    page = new_page(java_script_enabled=False)
    sign_in(page, "zhuren")
    transfer(page)
    expect(page.locator("#sure #follows")).to_contain_text("停止")
    page.fill("#note", "转入处置")
    page.fill("#i-confirm", "12")
    page.locator("#submit").click()
    expect(page.locator("#errors a[href='#confirm']")).to_contain_text("末四位")
    expect(page.locator("#i-confirm")).to_have_value("12")
    expect(page.locator("#note")).to_have_value("转入处置")


def test_by_keys_alone_back_wrong_and_right(new_page, sign_in, troubles):
    """Last of the stories: it hands the warning over."""
    troubles.expect("status of 422")
    page = new_page()
    sign_in(page, "zhuren")
    tail = transfer(page)
    page.fill("#note", "已经发生，转入处置")
    dialog, button = page.locator(DIALOG), page.locator("#act .dockline #submit")
    button.focus()
    page.keyboard.press("Enter")
    expect(dialog).to_be_visible()
    for _press in range(7):
        page.keyboard.press("Tab")
        assert page.evaluate("document.getElementById('sure').contains(document.activeElement)")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator("#i-confirm")).to_be_focused()
    page.keyboard.type("9999")
    page.keyboard.press("Enter")
    expect(page).to_have_title(re.compile("^有误"))
    expect(dialog).to_be_visible()
    expect(page.locator("#i-confirm")).to_be_focused()
    expect(page.locator("#i-confirm")).to_have_value("9999")
    expect(dialog.locator("#e-confirm")).to_contain_text("末四位")
    assert page.locator("#note").input_value() == "已经发生，转入处置"
    page.keyboard.press("Control+a")
    page.keyboard.type(tail)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/cases/[^/]+/$"))
    expect(page.locator("[data-toast]").first).to_contain_text("移交")

"""The documents of a case: from the record to the letter, on the screen and on paper."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.axe import violations
from tests.web.test_walk import FACES, narrow_enough, shoot


def report(page: Page) -> str:
    """The address of a report that carries a form, found through the case."""
    page.goto("/cases/?q=办事大厅")
    page.goto(f"{page.locator('tbody a').first.get_attribute('href')}docs/")
    found = page.locator("tbody a", has_text="首次报告").first.get_attribute("href")
    assert found
    return found


@pytest.mark.shots
@pytest.mark.parametrize("face", FACES)
def test_the_list_and_the_letter_are_sound_in_every_face(face, request, new_page, sign_in):
    page = new_page(**FACES[face])
    sign_in(page, "zhiban")
    letter = report(page)
    faults = []
    for name, address in (("documents-ended", re.sub(r"\d+/$", "", letter)), ("document-report", letter)):
        page.goto(address)
        faults += [f"{address}: {fault}" for fault in violations(page)]
        if not narrow_enough(page):
            faults.append(f"{address}: wider than the window")
        shoot(page, request.config.getoption("--shots"), face, name)
    assert not faults, "\n".join(faults)


def test_a_report_is_a_letter_that_can_be_verified_and_prints_alone(page, sign_in):
    sign_in(page, "zhiban")
    page.goto(report(page))
    paper = page.locator(".paper")
    expect(paper.get_by_role("heading", level=1)).to_contain_text(re.compile(r"首次报告（第\d报）"))
    expect(paper.locator(".to")).to_have_text(re.compile("：$"))
    expect(paper.locator("tr", has_text="下一步措施")).to_contain_text("不清楚")
    expect(paper.locator(".sig")).to_contain_text(re.compile(r"\d{4}年\d+月\d+日\d+时\d+分"))
    assert paper.locator("a.cite").count() and paper.locator(".hd .lv").count() == 1
    size = paper.evaluate("e => [getComputedStyle(e).fontSize, getComputedStyle(e).lineHeight].map(parseFloat)")
    assert [round(each * 0.75) for each in size] == [16, 28]
    page.emulate_media(media="print")
    for part in (".bar", ".sheet-h", ".foot"):
        expect(page.locator(part).first).to_be_hidden()
    expect(paper.locator(".vf")).to_be_visible()
    page.emulate_media(media="screen")
    page.get_by_role("link", name="下一件").click()
    expect(page).to_have_url(re.compile(r"/docs/\d+/$"))
    page.locator(".paper .vf a").click()
    expect(page.get_by_text("真实")).to_be_visible()


def test_the_log_leads_to_its_documents(phone, sign_in):
    sign_in(phone, "zhiban")
    phone.goto("/")
    phone.goto(phone.locator("#p-cases tbody a").first.get_attribute("href"))
    phone.locator("#p-timeline .tl a", has_text="文书").first.click()
    expect(phone.locator(".paper")).to_be_visible()
    phone.get_by_role("link", name="文书", exact=True).click()
    expect(phone.get_by_role("heading", name="文书")).to_be_visible()


def test_who_may_not_open_the_case_finds_no_document(page, new_page, sign_in, troubles):
    troubles.expect("status of 404")
    sign_in(page, "zhiban")
    letter = report(page)
    other = new_page()
    sign_in(other, "dongan")
    for address in (letter, re.sub(r"\d+/$", "", letter)):
        assert other.goto(address).status == 404
    assert page.goto(re.sub(r"\d+/$", "1/", letter)).status == 404

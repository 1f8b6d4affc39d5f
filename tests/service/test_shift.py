"""The pages of a shift: what waits for one leader's word, the hand-over of a case, the list and its views.

Everything runs on both databases.
"""

from datetime import timedelta
from importlib import import_module

import pytest

from fengsui.cases import models, service
from fengsui.cases import selectors as cases
from fengsui.cases.pages import Receipt
from fengsui.core.case import ByWord
from fengsui.core.problems import Refused
from fengsui.notifications import service as outbox
from fengsui.notifications.selectors import notices
from tests.world import S3_READINGS, World

FACTS = {"interruption": "yes"}


def ending(world: World) -> Receipt:
    """A III-level incident under response whose end the office has decided and the group must agree to."""
    case = world.open("owner", facts=FACTS)
    world.at("+5min").submit("owner", case, "assess", value="III", reason="初判")
    world.at("+2min").submit("owner", case, "confirm", value="III", reason="同初判")
    world.at("+2min").submit("owner", case, "activate", value="III")
    world.at("+2min").submit("owner", case, "end", verb="decide", reason="已恢复")
    return case


class TestApprovals:
    def test_a_decision_waits_for_those_whose_turn_it_is_and_for_nobody_else(self, world: World) -> None:
        case = ending(world)
        (card,) = cases.approvals_page(world.people["group"], world.now).cards
        assert (card.number, card.chain.act, card.verb) == (case.number, "end", "concur")
        assert card.chain.mine and card.chain.then and card.chain.content
        kinds = [each.kind for each in card.chain.then]
        assert kinds == sorted(kinds, key=["starts", "stops", "remains"].index) and set(kinds) == {"starts", "remains"}
        assert not card.direct, "an end cannot be undone: it has its page and the number to type"
        for other in ("owner", "leader", "auditor"):
            assert cases.approvals_page(world.people[other], world.now).cards == ()

    def test_the_most_pressing_have_cards_and_the_others_are_lines(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("fengsui.cases.selectors.approvals.GLANCE", 2)
        made = [ending(world).number for _case in range(3)]
        row = models.Obligation.objects.filter(case__number=made[2], live=True).first()
        assert row is not None
        row.due, row.data = world.now + timedelta(minutes=5), {**row.data, "discharge": "end"}
        row.save()
        page = cases.approvals_page(world.people["group"], world.now)
        assert {card.number for card in page.cards} == {made[0], made[2]}, "what is due, then what has waited longest"
        assert {card.number for card in page.cards} | {row.number for row in page.rest} == set(made)
        assert (len(page.cards), len(page.rest), page.waiting) == (2, 1, 3)
        desk = cases.desk(world.people["group"], world.now)
        assert desk.more_approvals and {chain.number for chain in desk.approvals} == {c.number for c in page.cards}
        assert not any(chain.then for chain in desk.approvals), "what follows is told where the word is given"

    def test_the_page_is_read_in_few_queries(self, world: World, django_assert_max_num_queries) -> None:
        for _case in range(3):
            ending(world)
        with django_assert_max_num_queries(75):
            page = cases.approvals_page(world.people["group"], world.now)
        assert [card.chain.since for card in page.cards] == sorted(card.chain.since for card in page.cards)

    def test_a_word_that_was_registered_waits_for_its_signature_with_24_hours(self, world: World) -> None:
        case = ending(world)
        word = ByWord("电话", world.now, (world.people["owner"], world.people["centre"]), world.people["group"])
        seat = world.seat("group.lead")
        world.at("+1min").submit("owner", case, "end", verb="concur", by_word=word, seat=seat)
        page = cases.approvals_page(world.people["group"], world.now)
        assert page.cards == ()
        (row,) = page.signatures
        assert row.due is not None and row.due == word.at + timedelta(hours=24)
        assert row.act is not None and row.act.part["answer"] == "countersign"
        assert cases.approvals_page(world.people["owner"], world.now).signatures == ()

    def test_who_waits_may_urge_the_chain_and_they_are_told(self, world: World) -> None:
        case = ending(world)
        ref = world.ref("owner", case)
        page = cases.case_page(world.people["owner"], ref, world.now)
        (chain,) = page.chains
        assert not chain.mine and chain.note
        urge = next(act for act in chain.acts if act.act == "urge")
        world.at("+10min").submit("owner", case, "urge", target=urge.part["target"])
        while outbox.follow(world.now) + outbox.deliver(world.now):
            pass
        said = [row.subject for row in notices(world.people["group"])]
        assert any("催办" in line for line in said)
        assert not any("催办" in row.subject for row in notices(world.people["owner"]))


class TestHandover:
    def test_the_page_says_what_runs_what_falls_due_who_waits_and_what_is_unknown(self, world: World) -> None:
        case = world.open("owner", facts=FACTS, unknown=("shutdown",))
        world.at("+5min").submit("owner", case, "assess", value="II", reason="初判")
        page = cases.handover_page(world.people["group"], world.ref("group", case), world.now)
        assert page.due and all(row.kind != "keep" for row in page.due)
        assert {row.key for row in page.due}.isdisjoint(row.key for row in page.later)
        assert [row.kind for row in page.unknown].count("unknown") == 1
        assert page.said[0].type == "assessed" and not any(row.system for row in page.said)
        assert page.people[0].last_at is not None
        assert page.form is not None and page.form.recipients

    def test_a_shift_is_handed_over_and_acknowledged_by_another_person(self, world: World) -> None:
        case = world.open("owner", facts=FACTS)
        world.at("+5min").submit("owner", case, "hand_over", to=("office@A",), note="备机已接好线，钥匙在值班室")
        mine = cases.handover_page(world.people["owner"], world.ref("owner", case), world.now).handed
        assert mine is not None and mine.acknowledge is None and mine.acknowledged_at is None
        theirs = cases.handover_page(world.people["group"], world.ref("group", case), world.now).handed
        assert theirs is not None and theirs.acknowledge is not None and "备机" in theirs.note
        world.at("+1min").submit("group", case, "acknowledge", target=theirs.acknowledge.part["target"])
        done = cases.handover_page(world.people["owner"], world.ref("owner", case), world.now).handed
        assert done is not None and done.acknowledged_at == world.now and done.acknowledged_by

    def test_the_page_is_read_in_few_queries(self, world: World, django_assert_max_num_queries) -> None:
        case = ending(world)
        ref = world.ref("bureau_office", case)
        with django_assert_max_num_queries(75):
            cases.handover_page(world.people["bureau_office"], ref, world.now)


class TestFinding:
    @pytest.mark.parametrize("text", ["门户", "无法访问", "门", "问", "GATE", "gate x", "0002", "2", "js-2024-0002"])
    def test_a_case_is_found_by_any_part_of_its_title_or_number(self, world: World, text: str) -> None:
        world.open("owner", title="机房断电")
        sought = world.open("owner", title="门户网站无法访问 Gate X")
        found = cases.cases(world.people["owner"], {"q": text}, None, world.now).rows
        assert [row.number for row in found] == [sought.number]

    def test_what_is_common_is_found_as_well_as_what_is_rare(self, world: World, monkeypatch) -> None:
        from fengsui.cases.selectors import finding

        monkeypatch.setattr(finding, "COMMON", 2)
        numbers = [world.at("+1min").open("owner", title=f"网站{name}").number for name in ("甲", "乙", "丙")]
        seen = {text: self._numbers(world, text) for text in ("网站", "网站乙", "丙网", "网")}
        assert seen == {"网站": numbers[::-1], "网站乙": [numbers[1]], "丙网": [], "网": numbers[::-1]}

    def _numbers(self, world: World, text: str) -> list[str]:
        return [row.number for row in cases.cases(world.people["owner"], {"q": text}, None, world.now).rows]

    def test_a_title_that_was_erased_is_found_no_more(self, world: World) -> None:
        case = world.open("owner", title="某人被诈骗")
        service.erase(case.case, 1, reason="当事人要求", actor=world.people["security"], at=world.now)
        assert self._numbers(world, "诈骗") == []
        assert not models.Gram.objects.filter(root=world.root, case=case.case).exists()

    def test_overdue_cases_alone(self, world: World) -> None:
        late = world.open("owner", facts=FACTS)
        world.at("+1min").submit("owner", late, "assess", value="II", reason="长时间中断")
        word = ByWord("电话", world.now, (world.people["owner"], world.people["centre"]), world.people["group"])
        seat = world.seat("group.lead")
        world.submit("owner", late, "confirm", value="II", reason="同意", seat=seat, by_word=word)
        world.at("+30h")
        fresh = world.open("owner", facts=FACTS)
        rows = cases.cases(world.people["owner"], {"overdue": "1"}, None, world.now).rows
        assert [row.number for row in rows] == [late.number] and rows[0].overdue
        assert fresh.number not in {row.number for row in rows}


class TestViews:
    def test_a_view_is_ones_own_and_one_may_be_the_default(self, world: World) -> None:
        me, at = world.people["owner"], world.now
        service.save_view(me, "较大在响应", "level=III&stage=response&after=JS-2024-0009", default=True, at=at)
        service.save_view(me, "逾期", "overdue=1", default=True, at=at)
        views = cases.cases(me, {}, None, at).views
        assert [(view.name, view.query, view.default) for view in views] == [
            ("较大在响应", "level=III&stage=response", False),
            ("逾期", "overdue=1", True),
        ]
        assert cases.default_view(me, at) == "overdue=1"
        other = world.people["group"]
        assert cases.cases(other, {}, None, at).views == () and cases.default_view(other, at) == ""
        service.drop_view(other, views[1].id)
        assert cases.default_view(me, at) == "overdue=1"
        service.drop_view(me, views[1].id)
        assert cases.default_view(me, at) == ""

    def test_a_view_without_a_name_is_refused(self, world: World) -> None:
        with pytest.raises(Refused):
            service.save_view(world.people["owner"], "  ", "level=I", default=False, at=world.now)


class TestWhoSitsNowhere:
    def test_the_report_page_is_offered_to_exactly_those_who_have_one(self, world: World) -> None:
        for who in ("owner", "group", "leader", "centre", "auditor", "security"):
            bar = cases.person_bar(world.people[who], world.now)
            page = cases.report_page(world.people[who], world.now)
            assert bar is not None and bar.reports == (page is not None), who
        for who in ("auditor", "security"):
            assert cases.report_page(world.people[who], world.now) is None

    def test_a_desk_of_nobody_who_reads_cases_says_so(self, world: World) -> None:
        ending(world)
        assert not cases.desk(world.people["security"], world.now).reads
        auditor = cases.desk(world.people["auditor"], world.now)
        assert auditor.reads and auditor.active == 1


class TestLongCases:
    def test_what_lasts_is_counted_whole_though_only_the_most_pressing_is_shown(
        self, db: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        world = World.build(readings=S3_READINGS | {"plan_approver": "leading_group"}).at("+1min")
        case = world.open("bureau_office", kind="standing")
        world.submit("bureau_office", case, "adopt", verb="propose", note="报批")
        world.submit("leader", case, "adopt", verb="approve", note="同意")
        ref = world.ref("bureau_office", case)
        whole = cases.case_page(world.people["bureau_office"], ref, world.now)
        monkeypatch.setattr(import_module("fengsui.cases.selectors.case_page"), "OPEN", 1)
        short = cases.case_page(world.people["auditor"], world.ref("auditor", case), world.now)
        assert len(short.obligations) < len(whole.obligations)
        assert short.lasting_all == whole.lasting_all == sum(row.kind == "keep" for row in whole.obligations) > 0

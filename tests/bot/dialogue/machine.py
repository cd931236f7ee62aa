"""A person who says anything in any order, as a state machine: what must hold after every turn, whatever was said.

No lead without a consent that was given in so many words and still holds; nothing twice; no form that cannot be left.
"""

from __future__ import annotations

import copy
import json

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.channels.contract import ContactShare, Kind
from bot.dialogue.forms import load_form
from bot.dialogue.forms.engine import STALE
from bot.outreach.consent import Purpose
from bot.outreach.effects import Agreed, Erased, Lead, NoReminders, Remind, Withdrawn
from bot.outreach.records import Held
from knowledge.vietnamese import fold
from tests.bot.dialogue.people import NOW, Nobody, Person

IDENTITY = "051200000001"
WORDS = st.sampled_from([
    "đồng ý", "không đồng ý", "không", "ok", "co", "Nguyễn Thị Lan", "trần văn minh", "0900 000 123", "0900000124", "Lan 0900000125",
    "ba tơ", "bình minh", "xã Bình Chương", "xã không có", "huế", "đúng rồi", "gui di", "sửa tên", "sai số", "sai xã", "đổi giờ",
    "buổi tối", "hỏi cho mẹ", "quay lại", "thôi", "dừng", "dung", "bỏ qua", "mức đóng bao nhiêu?", "còn hộ nghèo?", "hmm", "", "1", "2",
    "45", "14", "16 tuổi", "3 triệu", "20 năm", "hộ nghèo", "chuyện lạ", "tôi muốn gặp cán bộ", "nhờ gọi lại", "ts25", "/start TS25",
    "/dangky", "/dulieu", "/xoa", "/rut", "/canbo", "/tinh", "/kiemtra", "/nhac", "/nhantin",
    "nhận tin", "không nhận tin nữa", "/quyenriengtu", "/trogiup", "/khong", "@lead", "@back",
    "@stop", "@skip", "@wrong", "@erase", "nhắc tôi trước 1/1/2027", "nhắc hạn đóng hằng tháng", "tháng 9", "1/1/2027", "ngừng nhắc",
    "đừng gọi cho tôi nữa", "quên những gì tôi đã nói", "nhớ gì về tôi", IDENTITY, f"Lan {IDENTITY}", "x" * 1001,
])  # fmt: skip
_YES = {
    name: {
        fold(form)
        for o in load_form(name).steps["consent"].options
        if o.value == "yes"
        for form in (o.label, o.value, *o.words)
    }
    for name in ("lead", "reminder", "bulletin")
}
_GOOD = {"consent": "đồng ý", "name": "Nguyễn Thị Lan", "phone": "0900 000 123", "commune": "ba tơ", "confirm": "đúng rồi",
         "time": "buổi tối",
         "need": "bỏ qua", "what": "3 tháng", "start": "tháng 9", "day": "1/1/2027", "group": "hộ nghèo", "income": "3 triệu",
         "years": "20"}  # fmt: skip
_PURPOSE = {"lead": Purpose.CALL_BACK, "reminder": Purpose.NEWS, "bulletin": Purpose.BULLETIN}


class Talks(RuleBasedStateMachine):
    """One conversation. `consents` and `reminders` are kept as `Records` would."""

    @initialize(reminds=st.booleans())
    def begin(self, reminds: bool) -> None:
        self.kept = Nobody()
        self.person = Person(kept=self.kept, reminds=reminds)
        self.consents: dict[str, str] = {}  # purpose -> words agreed to
        self.reminders: list[str] = []

    @rule(text=WORDS)
    def says(self, text: str) -> None:
        self._turn(text, lambda: self.person.says(text))

    @rule(
        count=st.integers(1, 6),
        begins=st.sampled_from(["/dangky", "@lead", "nhắc tôi trước 1/1/2027", "/nhac", "/tinh"]),
    )
    def goes_on(self, count: int, begins: str) -> None:
        """Answers the next steps as asked: random words alone hardly ever come to an end."""
        for _ in range(count):
            form = self.person.state.get("form")
            text = _GOOD.get(form["step"], "1") if form else begins
            self._turn(text, lambda text=text: self.person.says(text))  # type: ignore[misc]

    @rule(data=st.data())
    def presses(self, data: st.DataObject) -> None:
        offered = [b for r in self.person.last.replies for b in r.buttons]
        if offered:
            chosen = data.draw(st.sampled_from(offered))
            self._turn(chosen.value, lambda: self.person._take(Kind.BUTTON, chosen.value))

    @rule(own=st.booleans(), phone=st.sampled_from(["+84900000126", "84900000126", "+6681234567", "x"]))
    def shares(self, own: bool, phone: str) -> None:
        self._turn("", lambda: self.person._take(Kind.CONTACT, "", ContactShare(phone, "Lan", own)))

    @rule(hours=st.sampled_from([1, 30]))
    def waits(self, hours: int) -> None:
        self.person.now += hours * 3600

    @rule()
    def the_bot_starts_anew(self) -> None:
        self.person.state = json.loads(json.dumps(self.person.state))

    @invariant()
    def nothing_forbidden_is_kept(self) -> None:
        if hasattr(self, "person"):
            assert IDENTITY not in json.dumps(self.person.state.get("form", {}))

    @invariant()
    def every_form_can_be_left(self) -> None:
        if not hasattr(self, "person") or "form" not in self.person.state:
            return
        probe = Person(kept=self.kept, now=self.person.now, state=copy.deepcopy(self.person.state))
        said = probe.says("dừng")
        assert said and "form" not in probe.state
        assert not any(isinstance(effect, Lead | Agreed | Remind) for effect in probe.effects)

    def teardown(self) -> None:
        """Whatever has happened: from here a lead can be left, once."""
        if not hasattr(self, "person"):
            return
        end = Person(kept=Nobody(), now=max(NOW, self.person.now) + STALE + 1, state=copy.deepcopy(self.person.state))
        end.state.pop("about", None)  # a minor leaves none
        for text in ("/dangky", "đồng ý", "Nguyễn Thị Lan", "0900 000 127", "ba tơ", "đúng rồi", "đúng rồi"):
            end.says(text)
        assert len(end.leads) == 1 and end.agreed == 1 and "form" not in end.state

    def _turn(self, text: str, act: object) -> None:
        self.kept.kept = Held(consents=tuple(sorted(self.consents)), reminders=tuple(self.reminders))
        form = copy.deepcopy(self.person.state.get("form"))
        shown = self._shown(form)
        before = len(self.person.effects)
        act()  # type: ignore[operator]
        new = self.person.effects[before:]
        assert self.person.last.replies and all(r.text.strip() for r in self.person.last.replies)
        assert sum(isinstance(e, Lead) for e in new) <= 1 and sum(isinstance(e, Agreed) for e in new) <= 1
        for effect in new:
            match effect:
                case Agreed():
                    assert form is not None and form["step"] == "consent"
                    assert fold(text).strip(" .!,") in _YES[form["form"]] | {"1"}, "agreed by other words"
                    assert effect.words.purpose is _PURPOSE[form["form"]] and effect.words.text == shown
                    self.consents[effect.words.purpose.value] = effect.words.hash
                case Lead():
                    assert Purpose.CALL_BACK.value in self.consents, "a lead without consent"
                    assert form is not None and (form["form"], form["step"]) == ("lead", "confirm")
                    assert effect.phone.startswith("+84") and effect.name
                case Remind():
                    assert Purpose.NEWS.value in self.consents and effect.due_at > self.person.now
                    self.reminders = [*(r for r in self.reminders if r != effect.topic), effect.topic]
                case NoReminders():
                    for purpose in (Purpose.NEWS, Purpose.BULLETIN):
                        self.consents.pop(purpose.value, None)
                    self.reminders = []
                case Withdrawn() | Erased():
                    self.consents, self.reminders = {}, []
                case _:
                    pass

    def _shown(self, form: dict[str, object] | None) -> str:
        """The words of the consent that is asked for, as the person reads them when it is asked again."""
        if form is None or form["step"] != "consent":
            return ""
        probe = Person(kept=self.kept, now=self.person.now, state=copy.deepcopy(self.person.state))
        probe.says("mức đóng là bao nhiêu?")
        return probe.last.replies[-1].text.partition("\n")[2]

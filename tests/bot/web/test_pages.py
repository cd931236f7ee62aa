"""The pages without script, errors, headers and static files."""

from __future__ import annotations

from datetime import date
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

import pytest
from starlette.testclient import TestClient

from bot.dialogue.privacy import Keeping
from bot.messages import Answerer
from bot.web import Source, create_app
from bot.web.texts import examples, say, texts
from tests.bot.web.answerers import ASK_BACK, CLAUSE, Failing, Held, Mirror, Scripted

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


class Page(HTMLParser):
    """Elements with their attributes, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data

    def of(self, tag: str, **wanted: str) -> list[dict[str, str | None]]:
        return [a for name, a in self.elements if name == tag and all(a.get(k) == v for k, v in wanted.items())]


def client_of(answerer: Answerer, **options: Any) -> TestClient:
    return TestClient(create_app(answerer, **options), raise_server_exceptions=False, headers=BROWSER)


def send(client: TestClient, **fields: str) -> Any:
    return client.post("/", content=urlencode(fields), headers={"Content-Type": "application/x-www-form-urlencoded"})


def test_the_first_screen_says_it_is_a_machine_and_who_decides() -> None:
    page = Page(client_of(Scripted()).get("/").text)
    assert "máy trả lời tự động, không phải cán bộ" in page.words
    assert "cơ quan BHXH mới là nơi quyết định" in page.words
    assert "đừng nhập số căn cước, số điện thoại" in page.words
    assert page.of("a", href="tel:19009068")
    assert [b["value"] for b in page.of("button", name="text")] == list(examples())


def test_the_page_can_be_walked_by_landmarks_and_labels() -> None:
    page = Page(client_of(Scripted()).get("/").text)
    assert page.of("html", lang="vi")
    for landmark in ("header", "nav", "main", "footer"):
        assert len(page.of(landmark)) == 1
    assert page.elements.index(("a", {"class": "skip", "href": "#text"})) < [t for t, _ in page.elements].index(
        "header"
    )
    assert page.of("label", **{"for": "text"})
    (log,) = page.of("div", id="log")
    assert (log["role"], log["aria-live"]) == ("log", "polite")
    ids = [a["id"] for _, a in page.elements if "id" in a]
    assert len(ids) == len(set(ids))


def test_each_page_begins_a_conversation_of_its_own_without_a_cookie() -> None:
    client = client_of(Scripted())
    pages = [client.get("/") for _ in range(3)]
    sessions = {Page(p.text).of("input", id="session")[0]["value"] for p in pages}
    assert len(sessions) == 3
    assert not any("set-cookie" in p.headers for p in pages)
    assert {p.headers["cache-control"] for p in pages} == {"no-store"}


def test_a_form_gives_the_page_with_its_answer_and_citation() -> None:
    answerer = Scripted()
    client = client_of(answerer)
    session = str(Page(client.get("/").text).of("input", id="session")[0]["value"])
    response = send(client, session=session, text="Chọn mức đóng được không?")
    assert response.status_code == 200
    page = Page(response.text)
    assert "Chọn mức đóng được không?" in page.words
    assert "Anh/chị được chọn mức đóng." in page.words
    assert CLAUSE.quote in page.words
    assert "điểm đ khoản 3 Điều 7 Luật Mẫu 12/2030/QH99" in page.words
    assert CLAUSE.effective in page.words
    assert len(page.of("details", **{"class": "citation"})) == 2  # the answer's, and the pattern the script copies
    assert answerer.asked == [(session, "Chọn mức đóng được không?")]


def test_a_button_of_an_answer_works_as_a_form_in_the_same_conversation() -> None:
    answerer = Scripted(lambda text: ASK_BACK)
    client = client_of(answerer)
    page = Page(send(client, session="session-of-form", text="hộ?").text)
    (button,) = page.of("button", value="group=poor")
    assert button["name"] == "button"
    assert len(page.of("input", name="session", value="session-of-form")) == 3  # two choices and the box
    after = Page(send(client, session="session-of-form", label="Hộ nghèo", button="group=poor").text)
    assert answerer.asked[-1] == ("session-of-form", "group=poor")
    assert "Hộ nghèo" in after.words


@pytest.mark.parametrize("session", ["", "x", "../../..", "a" * 65, "<script>"])
def test_a_form_with_a_broken_session_begins_a_new_conversation(session: str) -> None:
    answerer = Scripted()
    response = send(client_of(answerer), session=session, text="đóng?")
    assert response.status_code == 200
    ((used, _),) = answerer.asked
    assert used != session
    assert Page(response.text).of("input", id="session", value=used)


@pytest.mark.parametrize(("text", "status", "line"), [("", 422, texts()["empty"]), ("dài " * 400, 422, "1.599")])
def test_a_form_that_is_refused_says_why_and_keeps_what_was_typed(text: str, status: int, line: str) -> None:
    response = send(client_of(Scripted()), session="session-of-form", text=text)
    assert response.status_code == status
    page = Page(response.text)
    assert line in page.words
    assert text.strip() in page.words
    assert page.of("textarea", **{"aria-invalid": "true"})


def test_a_form_that_comes_too_often_says_how_long_to_wait() -> None:
    client = client_of(Scripted(), per_session=1)
    send(client, session="session-of-form", text="một")
    response = send(client, session="session-of-form", text="hai")
    assert response.status_code == 429
    assert f"{response.headers['Retry-After']} giây" in Page(response.text).words


def test_a_form_of_another_site_is_refused() -> None:
    answerer = Scripted()
    client = client_of(answerer)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "cross-site"}
    response = client.post("/", content="text=x", headers=headers)
    assert response.status_code == 403
    assert say("cross_site") in Page(response.text).words
    assert answerer.asked == []


@pytest.mark.parametrize("answerer", [Failing(), Held()])
def test_a_broken_or_hanging_answerer_still_gives_a_page(answerer: Answerer) -> None:
    with client_of(answerer, timeout=0.2) as client:
        response = send(client, session="session-of-form", text="đóng?")
        if isinstance(answerer, Held):
            answerer.let_go.set()
    assert response.status_code == 200
    page = Page(response.text)
    assert "chưa trả lời được câu này" in page.words
    assert "Traceback" not in response.text


@pytest.mark.parametrize(
    "body",
    [b"", b"&&&===", b"text=%", b"text=%FF%FE", b"text=\xff", b"a=1&" * 100, b"session=%00&text=%00", b"{}"],
)
def test_a_broken_form_is_a_page_too(body: bytes) -> None:
    response = client_of(Scripted()).post(
        "/", content=body, headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert response.status_code in (200, 422)
    assert 'lang="vi"' in response.text


def test_a_form_above_the_limit_is_a_page_too() -> None:
    response = send(client_of(Scripted()), text="x" * 20_000)
    assert response.status_code == 413
    assert response.headers["content-type"].startswith("text/html")
    assert "quá lớn" in Page(response.text).words


@pytest.mark.parametrize(
    "path",
    ["/khong-co", "/api", "/static/", "/static/x.js", "/static/..%2fapp.py", "/static/chat.000000000000.js", "/%00"],
)
def test_an_unknown_address_says_so_in_vietnamese(path: str) -> None:
    client = client_of(Scripted())
    page = client.get(path)
    assert page.status_code == 404
    assert say("not_found") in Page(page.text).words
    assert Page(page.text).of("a", href="/")


def test_a_program_gets_an_unknown_address_as_json() -> None:
    client = client_of(Scripted())
    for path in ("/khong-co", "/api/khong-co"):
        response = client.get(path, headers={"Accept": "*/*"})
        assert (response.status_code, response.json()) == (404, {"detail": say("not_found")})
    assert client.get("/api/chat").json() == {"detail": say("not_allowed")}


@pytest.mark.parametrize("path", ["/", "/gioi-thieu", "/quyen-rieng-tu"])
def test_a_monitor_may_look_without_reading(path: str) -> None:
    response = client_of(Scripted()).head(path)
    assert (response.status_code, response.content) == (200, b"")


def test_the_page_about_the_bot_names_machine_sources_and_personal_data() -> None:
    known = [
        Source("12/2030/QH99", "Luật Mẫu", date(2031, 3, 2)),
        Source("", "Cẩm nang <mẫu>", date(2031, 1, 1), date(2031, 12, 31)),
    ]
    page = Page(client_of(Scripted(), sources=lambda: known).get("/gioi-thieu").text)
    for words in (
        "Điều 11 Luật Trí tuệ nhân tạo 134/2025/QH15",
        "Dữ liệu cá nhân",
        "không dùng cookie",
        "12/2030/QH99",
    ):
        assert words in page.words
    assert "có hiệu lực từ 2/3/2031" in page.words
    assert "có hiệu lực từ 1/1/2031, áp dụng đến hết 31/12/2031" in page.words
    assert "Cẩm nang <mẫu>" in page.words  # escaped in the page


def test_the_privacy_notice_is_a_page_of_its_own_reached_from_the_chat() -> None:
    kept = Keeping("BHXH tỉnh <mẫu>", "Phòng Mẫu, số 1", 77, 200)
    client = client_of(Scripted(), keeping=lambda: kept)
    assert Page(client.get("/").text).of("a", href="/quyen-rieng-tu")
    page = Page(client.get("/quyen-rieng-tu").text)
    for words in (
        "BHXH tỉnh <mẫu>",
        "Phòng Mẫu, số 1",
        "77 ngày",
        "200 ngày",
        "91/2025/QH15",
        "356/2025/NĐ-CP",
        "/xoa",
    ):
        assert words in page.words
    assert len(page.of("h1")) == 1 and len(page.of("h2")) >= 5


def test_the_page_about_the_bot_stands_when_the_store_is_away() -> None:
    def away() -> list[Source]:
        raise OSError("database is away")

    response = client_of(Scripted(), sources=away).get("/gioi-thieu")
    assert response.status_code == 200
    assert say("sources_none") in Page(response.text).words


REQUESTS = [
    ("GET", "/", None),
    ("POST", "/", b"text=x"),
    ("GET", "/gioi-thieu", None),
    ("GET", "/quyen-rieng-tu", None),
    ("GET", "/favicon.ico", None),
    ("GET", "/khong-co", None),
    ("PUT", "/", b"x"),
    ("POST", "/api/chat", b"{"),
    ("POST", "/api/chat", b"x" * 20_000),
    ("GET", "/healthz", None),
    ("GET", "/metrics", None),
    ("GET", "/openapi.json", None),
]


@pytest.mark.parametrize(("method", "path", "body"), REQUESTS)
def test_every_response_carries_the_security_headers(method: str, path: str, body: bytes | None) -> None:
    response = client_of(Scripted()).request(method, path, content=body)
    policy = dict(part.split(" ", 1) for part in response.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in response.headers["content-security-policy"]
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["x-frame-options"] == "DENY"
    assert response.headers["referrer-policy"] == "no-referrer"
    assert "strict-transport-security" not in response.headers


def test_browsers_are_held_to_https_only_where_there_is_https() -> None:
    assert "strict-transport-security" in client_of(Scripted(), https=True).get("/").headers


@pytest.mark.parametrize("path", ["/", "/gioi-thieu", "/quyen-rieng-tu", "/khong-co"])
def test_no_page_has_inline_script_or_style_or_another_host(path: str) -> None:
    page = Page(client_of(Scripted()).get(path).text)
    assert all(a.get("src") for a in page.of("script"))
    assert not page.of("style")
    for tag, attributes in page.elements:
        assert "style" not in attributes, tag
        assert not [name for name in attributes if name.startswith("on")], tag
        for name in ("src", "href", "action"):
            assert (attributes.get(name) or "/").startswith(("/", "#", "tel:")), (tag, attributes)
            assert not (attributes.get(name) or "/").startswith("//"), (tag, attributes)


def test_files_of_a_page_may_be_kept_for_good_and_are_asked_for_by_content() -> None:
    client = client_of(Scripted())
    page = Page(client.get("/").text)
    paths = [str(a["href"]) for a in page.of("link")] + [str(a["src"]) for a in page.of("script")]
    assert len(paths) == 3
    for path in paths:
        response = client.get(path)
        assert response.status_code == 200
        assert "immutable" in response.headers["cache-control"]
        again = client.get(path, headers={"If-None-Match": response.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
    plain = client.get("/static/chat.css")
    assert plain.headers["cache-control"] == "no-cache"


def test_hostile_words_are_escaped_in_the_page_without_script() -> None:
    hostile = "\"><script>alert(1)</script><img src=x onerror=alert(1)>' onfocus='x"
    page = Page(send(client_of(Mirror()), session="session-of-form", text=hostile).text)
    assert [a for a in page.of("script") if "src" not in a] == []
    assert {str(a["src"]).split("/")[1] for a in page.of("img")} == {"static"}
    assert not [a for _, a in page.elements if "onfocus" in a or "onerror" in a]
    assert page.of("button", value=hostile)

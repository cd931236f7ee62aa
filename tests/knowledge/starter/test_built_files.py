"""The handbook's DOCX, PDF and HTML files say what their sources say, and our own readers get all of it back."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from pathlib import Path

import docx
import pypdfium2
import pytest
from bs4 import BeautifulSoup
from docx.table import Table as WordTable

from ingest import structure
from ingest.header import identify
from ingest.manifest import read_manifest
from ingest.readers import read_document
from knowledge.answering.basis import split_basis
from knowledge.law import DocumentKind, DocumentStatus, Provision
from knowledge.starter import build, documents_folder
from knowledge.starter.build import FORMATS, Handbook, Section, Table, read_source

HANDED_OUT = {
    "luong-huu.docx",
    "muc-dong-va-ho-tro-den-31-12-2026.md",
    "muc-dong-va-ho-tro-tu-1-1-2027.md",
    "thai-san-tu-tuat-mot-lan.pdf",
    "tham-gia-va-dong.md",
    "thu-tuc-trien-khai-lien-he.html",
}
FONTS = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")


def source_of(file: str) -> Handbook:
    path = documents_folder() / file
    return read_source(
        path if path.suffix == ".md" else Path(build.__file__).parent / "sources" / f"{path.stem}.md",
    )


def words(text: str) -> str:
    """`text` with every run of blanks as one: line breaks differ from format to format."""
    return re.sub(r"\s+", " ", text.replace("|", " ")).strip()


def said(section: Section) -> str:
    """All that a section says, in reading order."""
    blocks = [
        block if isinstance(block, str) else " ".join(cell for row in block.rows for cell in row)
        for block in section.blocks
    ]
    return words(" ".join(blocks))


def text_of(path: Path) -> str:
    """The words of a built file, taken out without our own readers."""
    if path.suffix == ".html":
        return words(BeautifulSoup(path.read_text(encoding="utf-8"), "lxml").get_text(" "))
    if path.suffix == ".docx":
        found: list[str] = []
        for block in docx.Document(str(path)).iter_inner_content():
            found += (
                [cell.text for row in block.rows for cell in row.cells]
                if isinstance(block, WordTable)
                else [block.text]
            )
        return words(" ".join(found))
    with pypdfium2.PdfDocument(str(path)) as pdf:
        pages = [page.get_textpage().get_text_bounded() for page in pdf]
    running = re.compile(rf"{re.escape(build.RUNNING_HEADER)}|Trang \d+")
    return words(" ".join(running.sub(" ", page) for page in pages))


@cache
def read_back(file: str) -> tuple[list[Provision], date | None, date | None]:
    """What the program's own readers make of a file."""
    path = documents_folder() / file
    who = identify(read_document(path), read_manifest(path.parent).row_for(file))
    assert (who.status, who.identity and who.identity.kind) == (DocumentStatus.ACCEPTED, DocumentKind.HANDBOOK)
    assert who.identity is not None and who.identity.in_force is not None
    parsed = structure.parse(who.body, who.identity.number, who.identity.kind)
    return parsed.provisions, who.identity.in_force.since, who.identity.in_force.until


def test_the_folder_holds_the_handbook_in_four_formats_and_nothing_else() -> None:
    assert {path.name for path in documents_folder().iterdir()} == HANDED_OUT


@pytest.mark.parametrize("file", sorted(HANDED_OUT - {f for f in HANDED_OUT if f.endswith(".md")}))
def test_a_built_file_is_up_to_date_with_its_source(file: str, tmp_path: Path) -> None:
    if file.endswith(".pdf") and not FONTS.is_file():
        pytest.skip("no DejaVu fonts: apt-get install fonts-dejavu-core")
    path = documents_folder() / file
    build.WRITERS[path.suffix[1:]](source_of(file), tmp_path / file)
    assert text_of(path) == text_of(tmp_path / file), "run: python -m knowledge.starter.build"


@pytest.mark.parametrize("file", sorted(HANDED_OUT - {f for f in HANDED_OUT if f.endswith(".md")}))
def test_a_built_file_says_every_word_of_its_source(file: str) -> None:
    book = source_of(file)
    text = text_of(documents_folder() / file)
    for line in (book.title, *book.top, *(said(section) for section in book.sections)):
        assert words(line) in text


@pytest.mark.parametrize("file", sorted(HANDED_OUT))
def test_our_readers_give_back_every_question_with_its_words_and_clauses(file: str) -> None:
    book, (provisions, _, _) = source_of(file), read_back(file)
    assert [p.heading for p in provisions] == [section.question for section in book.sections]
    for provision, section in zip(provisions, book.sections, strict=True):
        body, basis = split_basis(provision.text)
        told, _, last = said(section).partition(" Căn cứ: ")
        assert words(body) == told
        assert basis or not last, section.question


@pytest.mark.parametrize("file", sorted(HANDED_OUT))
def test_our_readers_find_the_dates_that_the_source_gives(file: str) -> None:
    fields = source_of(file).fields
    _, since, until = read_back(file)
    assert since == date.fromisoformat(fields["hieu_luc_tu"])
    assert until == (date.fromisoformat(fields["hieu_luc_den"]) if fields["hieu_luc_den"] else None)


@pytest.mark.parametrize("file", sorted(HANDED_OUT))
def test_no_running_header_or_page_number_gets_into_an_answer(file: str) -> None:
    for provision in read_back(file)[0]:
        assert build.RUNNING_HEADER not in provision.text
        assert not re.search(r"\bTrang \d+\b", provision.text)


def test_the_word_file_has_real_headings_a_header_and_a_page_number() -> None:
    document = docx.Document(str(documents_folder() / "luong-huu.docx"))
    styles = [p.style.name for p in document.paragraphs if p.style is not None and p.text.endswith("?")]
    assert set(styles) == {"Heading 2"} and len(styles) == len(source_of("luong-huu.docx").sections)
    assert document.sections[0].header.paragraphs[0].text == build.RUNNING_HEADER
    assert "PAGE" in document.sections[0].footer.paragraphs[0]._p.xml


def test_the_pdf_has_many_pages_each_with_header_and_number() -> None:
    with pypdfium2.PdfDocument(str(documents_folder() / "thai-san-tu-tuat-mot-lan.pdf")) as pdf:
        pages = [page.get_textpage().get_text_bounded() for page in pdf]
    assert len(pages) >= 3
    for number, page in enumerate(pages, 1):
        assert build.RUNNING_HEADER in page and f"Trang {number}" in page


def test_the_web_page_runs_nothing() -> None:
    page = BeautifulSoup((documents_folder() / "thu-tuc-trien-khai-lien-he.html").read_text(encoding="utf-8"), "lxml")
    assert not page.find_all(["script", "style", "iframe", "img", "link"])
    assert not [tag for tag in page.find_all(True) if any(name.startswith("on") for name in tag.attrs)]


def test_the_same_source_gives_the_same_bytes(tmp_path: Path) -> None:
    if not FONTS.is_file():
        pytest.skip("no DejaVu fonts: apt-get install fonts-dejavu-core")
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        build.build(tmp_path / folder)
    names = sorted(f"{name}.{kind}" for name, kind in FORMATS.items())
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == names
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


@pytest.mark.skipif(not FONTS.is_file(), reason="no DejaVu fonts: apt-get install fonts-dejavu-core")
def test_a_table_is_refused_where_it_would_be_lost(tmp_path: Path) -> None:
    fields = {"tieu_de": "Thử", "co_quan": "Thử", "hieu_luc_tu": "2026-01-01", "cap_nhat": "2026-01-01"}
    book = Handbook(fields, [Section("Mấy tuổi?", [Table((("Năm", "Tuổi"), ("2026", "57")))])])
    with pytest.raises(ValueError, match="Mấy tuổi"):
        build.to_pdf(book, tmp_path / "thu.pdf")


def test_words_with_signs_of_html_stay_words(tmp_path: Path) -> None:
    fields = {"tieu_de": "A & B", "co_quan": "Thử", "hieu_luc_tu": "2026-01-01", "cap_nhat": "2026-01-01"}
    build.to_html(Handbook(fields, [Section("1 < 2?", ["<b>3</b>", Table((("<i>",), ("&",)))])]), tmp_path / "a.html")
    page = BeautifulSoup((tmp_path / "a.html").read_text(encoding="utf-8"), "lxml")
    assert [tag.text for tag in page.find_all(["h1", "h2", "th", "td"])] == ["A & B", "1 < 2?", "<i>", "&"]
    assert "<b>3</b>" in page.get_text()

"""A deterministic set of bad files: what arrives by mistake, by a broken copy, or by somebody who means harm.

`write_all(folder)` writes them and says for each which reasons of `ingest.readers.messages` are right.
"""

from __future__ import annotations

import io
import os
import random
import socket
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from reportlab.lib.pdfencrypt import StandardEncryption

from tests.ingest.readers import papers

_TEXT = ["Điều 1. Phạm vi", "1. " + "Người dân nộp tờ khai tại bộ phận một cửa của xã. " * 6]
_BROKEN = frozenset({"damaged", "truncated", "no_text", "too_complex", "crashed", "time_limit", "memory_limit"})
_OCR = frozenset({"scan_without_ocr", "scan_unreadable", "no_text", "time_limit", "memory_limit", "damaged"})


@dataclass(frozen=True, slots=True)
class Case:
    """One bad file and the reasons that would be right for it."""

    path: Path
    reasons: frozenset[str]


Made = Iterator[tuple[str, bytes | Callable[[Path], object], frozenset[str]]]


def write_all(folder: Path) -> list[Case]:
    """All cases, written into `folder`; names are unique."""
    cases = []
    for group in (_nothing, _cut, _disguised, _packages, _xml, _pdfs, _locked, _pictures, _texts, _names, _no_files):
        for number, (name, content, reasons) in enumerate(group()):
            home = folder / f"{group.__name__.strip('_')}-{number:02}"
            home.mkdir(parents=True)
            path = home / name
            if callable(content):
                content(path)
            else:
                path.write_bytes(content)
            cases.append(Case(path, reasons))
    return cases


def _one(*reasons: str) -> frozenset[str]:
    return frozenset(reasons)


def _nothing() -> Made:
    for ending in ("pdf", "docx", "html", "md", "txt", "doc", "rtf", "png", "jpg"):
        yield f"empty.{ending}", b"", _one("empty")
    for ending in ("txt", "md", "html"):
        yield f"blank.{ending}", b" \n\t\r\n" * 200, _one("no_text")
    for size, name in ((2 << 30, "sparse.pdf"), (2 << 30, "sparse.txt"), (3 << 30, "sparse.docx")):
        yield name, _sparse(size), _one("too_large")
    yield "zeros.pdf", _sparse(40 << 20), _one("mislabelled")
    yield "zeros.txt", _sparse(20 << 20), _one("mislabelled", "memory_limit")


def _sparse(size: int) -> Callable[[Path], object]:
    def write(path: Path) -> None:
        with path.open("wb") as file:
            file.truncate(size)

    return write


@cache
def good_pdf() -> bytes:
    """A sound PDF of three pages."""
    return _bytes_of(lambda path: papers.pdf(path, [_TEXT, _TEXT, _TEXT], "Trang đầu", "{n}"), "x.pdf")


@cache
def good_docx() -> bytes:
    """A sound Word file, without the hour at which it was made."""
    held = io.BytesIO(_bytes_of(lambda path: papers.word(path, _TEXT), "x.docx"))
    with zipfile.ZipFile(held) as archive:
        return _zip({part: archive.read(part) for part in archive.namelist()})


def _bytes_of(write: Callable[[Path], object], name: str) -> bytes:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        write(path)
        return path.read_bytes()


def _cut() -> Made:
    for tenth in range(1, 10):
        whole = good_pdf()
        yield f"cut{tenth}.pdf", whole[: len(whole) * tenth // 10], _one("truncated", "damaged")
    for tenth in range(1, 10):
        whole = good_docx()
        yield f"cut{tenth}.docx", whole[: len(whole) * tenth // 10], _one("truncated", "damaged")
    yield "cut-at-7.pdf", b"%PDF-1.7", _one("truncated", "damaged")
    yield "cut-at-4.docx", b"PK\x03\x04", _one("truncated", "damaged")
    yield "half-letter.txt", "﻿Điều 1. Người dân".encode("utf-16")[:-1], _one("truncated", "garbled", "mislabelled")
    yield "middle-lost.docx", _hole(good_docx()), _BROKEN


def _hole(data: bytes) -> bytes:
    third = len(data) // 4
    return data[:third] + random.Random(1).randbytes(len(data) - 2 * third) + data[-third:]


def _disguised() -> Made:
    pdf, word = good_pdf(), good_docx()
    other = {
        "png": papers_picture(),
        "exe": b"MZ\x90\x00" + random.Random(2).randbytes(3000),
        "elf": b"\x7fELF" + random.Random(3).randbytes(3000),
        "gz": b"\x1f\x8b\x08\x00" + random.Random(4).randbytes(3000),
        "7z": b"7z\xbc\xaf\x27\x1c" + random.Random(5).randbytes(3000),
        "mp4": b"\x00\x00\x00\x18ftypmp42" + random.Random(6).randbytes(3000),
        "html": "<html><body>Điều 1. Người dân nộp tờ khai.</body></html>".encode(),
        "ole": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        "rtf": rb"{\rtf1 \'d0i\'eau 1}",
    }
    for name, data in other.items():
        yield f"{name}.pdf", data, _one("mislabelled")
    for name in ("exe", "gz", "html", "rtf", "png"):
        yield f"{name}.docx", other[name], _one("mislabelled")
    for name in ("exe", "elf", "7z", "mp4", "ole"):
        yield f"{name}.txt", other[name], _one("mislabelled", "garbled")
    yield "word.pdf", word, _one("mislabelled")
    yield "pdf.docx", pdf, _one("mislabelled")
    yield "pdf.txt", pdf, _one("mislabelled")
    yield "pdf.html", pdf, _one("mislabelled")
    yield "word.md", word, _one("mislabelled")
    yield "word.png", word, _one("mislabelled")
    yield "text.png", b"Xin ch\xc3\xa0o", _one("mislabelled")
    yield "text.doc", b"Xin ch\xc3\xa0o", _one("mislabelled")
    yield "program.exe", other["exe"], _one("unsupported")
    yield "table.xlsx", _zip({"xl/workbook.xml": b"<workbook/>"}), _one("unsupported")
    yield "archive.zip", _zip({"a.pdf": pdf}), _one("unsupported")
    yield "noise.bin", random.Random(8).randbytes(4000), _one("unsupported")


def papers_picture() -> bytes:
    """A small blank PNG."""
    return _png(8, 8)


_TYPES = (
    b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    b'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    b'<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType='
    b'"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELS = (
    b'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    b'Target="word/document.xml"/></Relationships>'
)
_SPACE = b'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def _document(body: bytes, prologue: bytes = b'<?xml version="1.0"?>') -> bytes:
    return prologue + b"<w:document " + _SPACE + b"><w:body>" + body + b"</w:body></w:document>"


def _paragraph(text: bytes) -> bytes:
    return b"<w:p><w:r><w:t>" + text + b"</w:t></w:r></w:p>"


def _zip(parts: dict[str, bytes], compress: int = zipfile.ZIP_DEFLATED) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", compress) as archive:
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(name), data, compress)
    return held.getvalue()


def _word(document: bytes, **more: bytes) -> bytes:
    return _zip({"[Content_Types].xml": _TYPES, "_rels/.rels": _RELS, "word/document.xml": document} | more)


def _packages() -> Made:
    sound = _document(_paragraph(b"Xin chao"))
    bomb = _zip({"a": bytes(30 << 20)})
    for level in range(3):
        bomb = _zip({f"level{level}-{n}.zip": bomb for n in range(10)})
    yield "nested.docx", bomb, _one("mislabelled")
    yield (
        "nested-inside.docx",
        _word(sound, **{f"word/media/{n}.zip": bytes(60 << 20) for n in range(4)}),
        _one("zip_bomb"),
    )
    yield "ratio.docx", _word(_document(_paragraph(b" " * (120 << 20)))), _one("zip_bomb")
    yield (
        "bulky.docx",
        _word(sound, **{f"word/m{n}.bin": _hardly_packed(n) for n in range(8)}),
        _one("zip_bomb"),
    )
    yield "entries.docx", _word(sound, **{f"word/media/{n}": b"" for n in range(10_000)}), _one("zip_bomb")
    yield "lying-small.docx", _lying(_word(_document(_paragraph(b"a" * (90 << 20)))), 1000), _one("zip_bomb", "damaged")
    yield "lying-large.docx", _lying(_word(sound), 0x7FFFFFF0), _one("zip_bomb", "damaged")
    yield "locked-part.docx", _flagged(_word(sound)), _one("encrypted")
    yield "bad-sum.docx", _zip_with_wrong_sum(sound), _one("damaged")
    yield "bad-method.docx", _method(_word(sound), 99), _one("damaged")
    yield "bad-directory.docx", _scrambled_directory(_word(sound)), _one("damaged", "truncated")
    yield "no-document.docx", _zip({"[Content_Types].xml": _TYPES, "_rels/.rels": _RELS}), _one("mislabelled")
    yield "no-types.docx", _zip({"_rels/.rels": _RELS, "word/document.xml": sound}), _one("damaged")
    yield "no-relations.docx", _zip({"[Content_Types].xml": _TYPES, "word/document.xml": sound}), _one("damaged")
    yield (
        "only-comment.docx",
        b"PK\x03\x04" + b"\x00" * 26 + b"PK\x05\x06" + b"\x00" * 18,
        _one("mislabelled", "damaged"),
    )
    yield "climbing.docx", _zip({"../../word/document.xml": sound, "/etc/passwd": b"x"}), _one("mislabelled")
    outside = _RELS.replace(b'Target="word/document.xml"', b'Target="file:///etc/passwd" TargetMode="External"')
    yield (
        "outside.docx",
        _zip({"[Content_Types].xml": _TYPES, "_rels/.rels": outside, "word/document.xml": sound}),
        _one("damaged"),
    )
    yield "empty-body.docx", _word(_document(b"")), _one("no_text")
    yield "sheet.docx", _zip({"[Content_Types].xml": _TYPES, "xl/workbook.xml": b"<workbook/>"}), _one("mislabelled")


def _hardly_packed(seed: int) -> bytes:
    """32 MB that shrink to a ninetieth: each part passes, all together are too much."""
    return (random.Random(seed).randbytes(400) + bytes(40_000)) * 800


def _lying(data: bytes, size: int) -> bytes:
    """`data` with the unpacked size of the last part declared as `size`, in both places a ZIP says it."""
    changed = bytearray(data)
    at = changed.rfind(b"PK\x01\x02")
    struct.pack_into("<I", changed, at + 24, size)
    local = struct.unpack_from("<I", changed, at + 42)[0]
    struct.pack_into("<I", changed, local + 22, size)
    return bytes(changed)


def _flagged(data: bytes) -> bytes:
    changed = bytearray(data)
    at = changed.rfind(b"PK\x01\x02")
    changed[at + 8] |= 1
    changed[struct.unpack_from("<I", changed, at + 42)[0] + 6] |= 1
    return bytes(changed)


def _method(data: bytes, method: int) -> bytes:
    changed = bytearray(data)
    at = changed.rfind(b"PK\x01\x02")
    struct.pack_into("<H", changed, at + 10, method)
    struct.pack_into("<H", changed, struct.unpack_from("<I", changed, at + 42)[0] + 8, method)
    return bytes(changed)


def _zip_with_wrong_sum(document: bytes) -> bytes:
    parts = {"[Content_Types].xml": _TYPES, "_rels/.rels": _RELS, "word/document.xml": document}
    return _zip(parts, zipfile.ZIP_STORED).replace(b"Xin chao", b"Xin chXo")


def _scrambled_directory(data: bytes) -> bytes:
    at = data.find(b"PK\x01\x02")
    return data[:at] + random.Random(9).randbytes(len(data) - at - 22) + data[-22:]


def _xml() -> Made:
    outside = b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    caller = b'<?xml version="1.0"?><!DOCTYPE d SYSTEM "http://127.0.0.1:9/evil.dtd">'
    laughs = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY l0 "ha">' + b"".join(
        b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 12)
    )
    yield "xxe.docx", _word(_document(_paragraph(b"&e;"), outside)), _one("xxe")
    yield "xxe-call.docx", _word(_document(_paragraph(b"chao"), caller)), _one("xxe")
    yield "laughs.docx", _word(_document(_paragraph(b"&l11;"), laughs + b"]>")), _one("xxe")
    late = b'<?xml version="1.0"?><!--' + b" " * (2 << 20) + random.Random(1).randbytes(30_000).hex().encode() + b"-->"
    yield "xxe-late.docx", _word(_document(_paragraph(b"&e;"), late + outside[21:])), _one("xxe", "zip_bomb")
    wide = _document(_paragraph(b"&e;"), outside).decode().encode("utf-16")
    yield "xxe-utf16.docx", _word(wide), _one("xxe")
    big_end = b"\xfe\xff" + _document(_paragraph(b"&e;"), outside).decode().encode("utf-16-be")
    yield "xxe-utf16-be.docx", _word(big_end), _one("xxe")
    yield (
        "xxe-rels.docx",
        _zip({"[Content_Types].xml": _TYPES, "_rels/.rels": outside + _RELS[21:], "word/document.xml": _document(b"")}),
        _one("xxe"),
    )
    yield (
        "xxe-types.docx",
        _zip({"[Content_Types].xml": outside + _TYPES[21:], "_rels/.rels": _RELS, "word/document.xml": _document(b"")}),
        _one("xxe"),
    )
    yield "unclosed.docx", _word(_document(b"<w:p><w:r>")), _one("damaged")
    yield "not-xml.docx", _word(random.Random(10).randbytes(5000)), _one("damaged")
    yield (
        "deep.docx",
        _word(_document(b"<w:sdt>" * 100_000 + b"</w:sdt>" * 100_000)),
        _one("zip_bomb", "damaged", "too_complex", "crashed", "no_text"),
    )
    yield (
        "deep-tables.docx",
        _word(_document(b"<w:tbl><w:tr><w:tc>" * 3000 + b"</w:tc></w:tr></w:tbl>" * 3000)),
        _BROKEN,
    )
    yield (
        "attributes.docx",
        _word(_document(b"<w:p " + b" ".join(b'a%d="1"' % n for n in range(200_000)) + b"/>")),
        _BROKEN,
    )
    yield "other-root.docx", _word(b'<?xml version="1.0"?><html><body/></html>'), _BROKEN


def pdf_of(objects: list[bytes], root: int = 1, trailer: bytes = b"") -> bytes:
    """A PDF with these numbered objects (from 1) and a right cross-reference table."""
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root %d 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        root,
        trailer,
        start,
    )
    return bytes(out)


def _stream(data: bytes, extra: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), extra, data)


_CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"
_PAGES = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
_PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"


def _pdfs() -> Made:
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /XObject << /X 5 0 R >> >> >>"
    yield "circle-kids.pdf", pdf_of([_CATALOG, b"<< /Type /Pages /Kids [2 0 R] /Count 5 >>"]), _BROKEN
    yield (
        "circle-parent.pdf",
        pdf_of([_CATALOG, b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"]),
        _BROKEN,
    )
    yield "circle-root.pdf", pdf_of([b"<< /Type /Catalog /Pages 1 0 R >>"]), _BROKEN
    yield "circle-object.pdf", pdf_of([_CATALOG, _PAGES, b"3 0 R"]), _BROKEN
    yield (
        "circle-length.pdf",
        pdf_of([_CATALOG, _PAGES, page, b"<< /Length 4 0 R >>\nstream\nq\nendstream", _stream(b"")]),
        _BROKEN,
    )
    yield (
        "circle-form.pdf",
        pdf_of(
            [
                _CATALOG,
                _PAGES,
                page,
                _stream(b"/X Do"),
                _stream(
                    b"/X Do /X Do",
                    b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 5 0 R >> >>",
                ),
            ]
        ),
        _BROKEN,
    )
    yield "circle-prev.pdf", pdf_of([_CATALOG, b"<< /Type /Pages /Kids [] /Count 0 >>"], trailer=b"/Prev 9"), _BROKEN
    yield "no-pages.pdf", pdf_of([_CATALOG, b"<< /Type /Pages /Kids [] /Count 0 >>"]), _BROKEN
    yield "negative-pages.pdf", pdf_of([_CATALOG, b"<< /Type /Pages /Kids [] /Count -7 >>"]), _BROKEN
    yield (
        "lying-pages.pdf",
        pdf_of([_CATALOG, b"<< /Type /Pages /Kids [3 0 R] /Count 2000000000 >>", _PAGE]),
        _BROKEN | {"too_many_pages"},
    )
    yield (
        "many-pages.pdf",
        pdf_of([_CATALOG, b"<< /Type /Pages /Kids [" + b"3 0 R " * 5000 + b"] /Count 5000 >>", _PAGE]),
        _one("too_many_pages"),
    )
    yield "root-missing.pdf", pdf_of([_CATALOG], root=7), _BROKEN
    yield "no-objects.pdf", pdf_of([]), _BROKEN
    yield "blank-page.pdf", pdf_of([_CATALOG, _PAGES, _PAGE]), _one("no_text")
    deep = [b"<< /Type /Pages /Kids [%d 0 R] /Count 1 >>" % (n + 1) for n in range(2, 20_000)]
    yield "deep-kids.pdf", pdf_of([_CATALOG, *deep, _PAGE]), _BROKEN
    outlines = [b"<< /Type /Catalog /Pages 2 0 R /Outlines 4 0 R >>", _PAGES, _PAGE]
    yield (
        "deep-outline.pdf",
        pdf_of([*outlines, *(b"<< /Title (a) /First %d 0 R >>" % (n + 1) for n in range(4, 30_000))]),
        _BROKEN,
    )
    yield (
        "circle-outline.pdf",
        pdf_of([*outlines, b"<< /First 5 0 R >>", b"<< /Title (a) /Next 5 0 R /First 4 0 R >>"]),
        _BROKEN,
    )
    yield "deep-array.pdf", pdf_of([_CATALOG, _PAGES, b"[" * 200_000 + b"]" * 200_000]), _BROKEN
    yield "deep-dictionary.pdf", pdf_of([_CATALOG, _PAGES, b"<</A" * 100_000 + b">>" * 100_000]), _BROKEN
    bomb = zlib.compress(bytes(400 << 20), 1)
    yield (
        "stream-bomb.pdf",
        pdf_of([_CATALOG, _PAGES, page, _stream(bomb, b"/Filter /FlateDecode"), _stream(b"")]),
        _BROKEN,
    )
    layered = zlib.compress(zlib.compress(bytes(300 << 20), 1), 1)
    yield (
        "layered-bomb.pdf",
        pdf_of([_CATALOG, _PAGES, page, _stream(layered, b"/Filter [/FlateDecode /FlateDecode]"), _stream(b"")]),
        _BROKEN,
    )
    image = b"/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode"
    for side in (20_000, 60_000, 2_000_000_000):
        picture = _stream(zlib.compress(bytes(1 << 20)), image % (side, side))
        drawing = _stream(b"q 595 0 0 842 0 0 cm /X Do Q")
        yield f"image-{side}.pdf", pdf_of([_CATALOG, _PAGES, page, drawing, picture]), _OCR
    huge_box = _PAGE.replace(b"595 842", b"1e30 1e30")
    yield "page-without-end.pdf", pdf_of([_CATALOG, _PAGES, huge_box]), _BROKEN
    metadata = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>'
    yield (
        "metadata-bomb.pdf",
        pdf_of([b"<< /Type /Catalog /Pages 2 0 R /Metadata 4 0 R >>", _PAGES, _PAGE, _stream(metadata)]),
        _BROKEN,
    )
    script = b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.launchURL\\('http://127.0.0.1:9'\\)) >> >>"
    yield "only-script.pdf", pdf_of([script, _PAGES, _PAGE]), _BROKEN
    yield "noise.pdf", b"%PDF-1.7\n" + random.Random(11).randbytes(20_000) + b"\n%%EOF\n", _BROKEN
    yield "noise-no-end.pdf", b"%PDF-1.4\n" + random.Random(12).randbytes(20_000), _one("truncated", "damaged")
    yield "wrong-places.pdf", _moved(good_pdf()), _BROKEN | {"garbled"}
    for seed in range(8):
        chance = random.Random(seed)
        data = bytearray(pdf_of([_CATALOG, _PAGES, page, _stream(b"/X Do"), _stream(b"BT ET")]))
        for _ in range(60):
            data[chance.randrange(9, len(data) - 8)] = chance.randrange(256)
        yield f"flipped-{seed}.pdf", bytes(data), _BROKEN | {"encrypted"}


def _moved(data: bytes) -> bytes:
    """Objects renamed under the cross-reference table: nothing it points to is there."""
    return data.replace(b" 0 obj", b" 0 jbo")


def _locked() -> Made:
    for name, strength in (("rc4-40", 40), ("rc4-128", 128)):
        lock = StandardEncryption("mo-tep", ownerPassword="chu", strength=strength)
        yield (
            f"{name}.pdf",
            _bytes_of(partial(papers.pdf, pages=[_TEXT], encrypt=lock), "x.pdf"),
            _one("encrypted"),
        )
    aes = b"/CF << /StdCF << /CFM /%s /Length %d /AuthEvent /DocOpen >> >> /StmF /StdCF /StrF /StdCF"
    key, long_key = b"<" + b"ab" * 32 + b">", b"<" + b"cd" * 48 + b">"
    kinds = {
        "aes-128": b"/V 4 /R 4 /Length 128 /O %s /U %s " % (key, key) + aes % (b"AESV2", 16),
        "aes-256-r5": b"/V 5 /R 5 /Length 256 /O %s /U %s /OE %s /UE %s /Perms <%s> "
        % (long_key, long_key, key, key, b"00" * 16)
        + aes % (b"AESV3", 32),
        "aes-256-r6": b"/V 5 /R 6 /Length 256 /O %s /U %s /OE %s /UE %s /Perms <%s> "
        % (long_key, long_key, key, key, b"00" * 16)
        + aes % (b"AESV3", 32),
    }
    for name, how in kinds.items():
        trailer = b"/Encrypt 4 0 R /ID [<00112233> <00112233>]"
        locked = pdf_of([_CATALOG, _PAGES, _PAGE, b"<< /Filter /Standard /P -1 " + how + b" >>"], trailer=trailer)
        yield f"{name}.pdf", locked, _one("encrypted")
    foreign = pdf_of(
        [_CATALOG, _PAGES, _PAGE, b"<< /Filter /Adobe.PubSec /V 4 >>"], trailer=b"/Encrypt 4 0 R /ID [<00> <00>]"
    )
    yield "certificate.pdf", foreign, _one("encrypted")
    yield "package.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4000), _one("encrypted")


def _png(width: int, height: int, rows: int | None = None) -> bytes:
    """A white one-bit PNG; `rows` fewer rows than it declares make it lie."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer, line = zlib.compressobj(9), b"\x00" + b"\xff" * ((width + 7) // 8)
    body = b"".join(packer.compress(line) for _ in range(height if rows is None else rows)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def _pictures() -> Made:
    yield "white.png", _png(1200, 1600), _OCR
    yield "huge.png", _png(60_000, 60_000, 2000), _OCR
    yield "wide.png", _png(2_000_000_000, 1, 0), _OCR
    yield "cut.png", _png(1200, 1600)[:60], _OCR
    yield "noise.png", b"\x89PNG\r\n\x1a\n" + random.Random(13).randbytes(2000), _OCR
    yield "noise.jpg", b"\xff\xd8\xff\xe0" + random.Random(14).randbytes(2000), _OCR
    circle = b"II*\x00\x08\x00\x00\x00" + struct.pack("<HHHII", 1, 256, 3, 1, 5) + struct.pack("<I", 8)
    yield "circle.tif", circle, _OCR
    yield "noise.tiff", b"MM\x00*" + random.Random(15).randbytes(2000), _OCR


def _texts() -> Made:
    chance = random.Random(16)
    yield "noise.txt", chance.randbytes(6000), _one("mislabelled", "garbled")
    yield "high-noise.txt", bytes(chance.randrange(128, 256) for _ in range(6000)), _one("garbled")
    yield "lost-letters.txt", ("B\ufffdo hi\ufffdm x\ufffd h\ufffdi " * 100).encode(), _one("garbled")
    yield "private.txt", ("B\ue001o hi\ue002m x\ue003 h\ue004i " * 100).encode(), _one("garbled")
    yield "no-words.txt", ("xqzk wrtq pfgj zzkw " * 100).encode(), _one("garbled")
    yield "control.txt", bytes(range(1, 32)) * 100, _one("garbled", "no_text", "mislabelled")
    yield (
        "script-only.html",
        b"<html><body><script>alert('Xin chao')</script><style>p{}</style></body></html>",
        _one("no_text"),
    )
    yield (
        "hidden-only.html",
        "<html><body><p style='display:none'>Điều 1. Bỏ qua</p></body></html>".encode(),
        _one("no_text"),
    )
    yield "deep.html", b"<div>" * 200_000 + b"x" + b"</div>" * 200_000, _BROKEN
    yield "comment-only.html", b"<!-- " + b"x" * 100_000 + b" -->", _one("no_text")
    yield "unclosed-comments.md", b"<!-- " * 1000, _BROKEN
    yield "front-only.md", b"---\ntitle: Xin chao\n---\n", _one("no_text")
    yield (
        "deep-front.md",
        b"---\na: " + b"[" * 50_000 + b"]" * 50_000 + b"\n---\n",
        _one("too_complex", "no_text", "crashed"),
    )
    yield "laughing-front.md", _laughing_front(), _one("no_text", "garbled", "too_complex")
    yield "rules-only.md", b"---\n\n***\n\n___\n", _one("no_text")


def _laughing_front() -> bytes:
    lines = [b"a0: &a0 [ha, ha]"]
    for n in range(1, 30):
        lines.append(b"a%d: &a%d [%s]" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 9)))
    return b"---\n" + b"\n".join(lines) + b"\n---\n"


def _names() -> Made:
    """Bad content behind awkward names: the refusal must still be one clear line."""
    for name in ("\u202efdp.exe.pdf", "a\nb.pdf", "-rf.pdf", "$(touch x).pdf", "CON.pdf", "..pdf", "%00.pdf", "tệp có dấu.pdf",
                 "a" * 251 + ".pdf", "'; DROP TABLE documents;--.pdf", "\x1b[31mred.pdf", "\ufeff.pdf"):  # fmt: skip
        yield name, b"no pdf at all", _one("mislabelled")
    yield os.fsdecode(b"\xff\xfe.pdf"), b"no pdf at all", _one("mislabelled")


def _no_files() -> Made:
    yield "folder.pdf", Path.mkdir, _one("not_a_file")
    yield "pipe.pdf", os.mkfifo, _one("not_a_file")
    yield "missing.pdf", lambda path: None, _one("missing")
    yield "loop.pdf", lambda path: path.symlink_to(path), _one("missing")
    yield "endless.txt", lambda path: path.symlink_to("/dev/zero"), _one("not_a_file")
    yield "socket.pdf", _socket, _one("not_a_file")


def _socket(path: Path) -> None:
    # Bound by a short relative name: a socket's path may hold about a hundred bytes only.
    here = os.open(path.parent, os.O_RDONLY)
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(f"/proc/self/fd/{here}/{path.name}")
    finally:
        os.close(here)

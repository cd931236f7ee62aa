"""Takes out of a message what tries to steer the bot, and gives back the honest question beside it.

Three kinds are taken out: orders to the machine (rules `tricks`), pretended voices (`[SYSTEM]`, `assistant:`, `[TÀI LIỆU]`) with what they
assert, and answers dictated to us ("hãy xác nhận rằng …", rules `dictations`). A dictated or asserted statement keeps its subject: it is
turned into the question whether, or how much.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from knowledge.shorthand import write_out
from knowledge.understanding.conduct_disguise import without_blobs
from knowledge.understanding.conduct_rules import Rule, rulebook
from knowledge.understanding.conduct_words import Message, Spans
from knowledge.vietnamese import fold

_SENTENCE = re.compile(r"[^.!?;…\n]*(?:[.!?;…]+(?!\s|$)[^.!?;…\n]*)*(?:[.!?;…]+|\n|$)")
_CLAUSE = re.compile(
    r"\s*[,:–]\s+|\s+-\s+|\s+(?:và|va|rồi|roi|sau đó|sau do|and|then|nhưng|nhung|but)\s+", re.IGNORECASE
)
_VOICE = re.compile(
    r"<\|[^|>\n]*\|?>|</?\s*(?:sys|system|user|assistant|human|instructions?|prompt|document|context|tool)\b[^>\n]*>"
    r"|[\[【{]+\s*/?(?P<bracket>[^\]】}\n]{2,40}?)\s*[\]】}]+:?"
    r"|(?:(?<=\n)|^)\s*#{2,}\s*(?P<heading>[^\n:.]{2,40})[:\n]"
    r"|(?:(?<=\n)|(?<=[.?!]\s)|^)\s*(?P<speaker>system|assistant|user|human|hệ thống|he thong|trợ lý|tro ly|người dùng|nguoi dung)\s*[:>]",
    re.IGNORECASE,
)
_ASKING = re.compile(r"user|human|nguoi dung|cau hoi|hoi|question")
_MACHINE = re.compile(
    r"sys|assistant|inst|admin|prompt|developer|root|override|he thong|tro ly|quan tri|lenh|chi thi|context|tool|important"
)
_PAPER = re.compile(
    r"tai lieu|van ban|cong van|thong bao|nghi dinh|nghi quyet|luat|quyet dinh|thong tu|nguon|du lieu|trich|ngu canh"
    r"|document|source|tin moi"
)
_PERCENT = re.compile(
    r"(?:(?:đúng|bằng|chỉ|còn|tới|đến|tận)\s+)*\d+(?:[.,]\d+)?\s*(?:%|phần trăm\b|phan tram\b)", re.IGNORECASE
)
_MONEY = re.compile(
    r"\d[\d.,]*\s*(?:triệu|trieu|nghìn|nghin|ngàn|tỷ|đồng|dong|vnđ|vnd|đ)\b(?:\s*(?:đồng|dong)\b)?", re.IGNORECASE
)
_COUNT = re.compile(
    r"(?P<is>\b(?:là|la|bằng|bang|chỉ|chi|còn|con|lúc|luc)\s+)(?:chỉ\s+|còn\s+)?\d+(?:[.,]\d+)?"
    r"(?:\s*(?P<unit>tuổi|tuoi|năm|nam|tháng|thang|ngày|ngay|lần|lan|con)\b|$)",
    re.IGNORECASE,
)
_ACCORDING = re.compile(
    r"^\s*(?:theo|căn cứ|can cu)\s+[^,]*?(?:\d{4}(?:/[\w-]+)?|luật|luat|văn bản|van ban)(?:\s*,|\s+thì|(?=\s))",
    re.IGNORECASE,
)
_LEADING = re.compile(r"^[\s,:\-–\"“”']*(?:(?:rằng|rang|là|la|vậy|vay|đi|nhé|nhe|nha)\b[\s,:]*)*", re.IGNORECASE)
_TAIL = re.compile(
    r"^(?:\s*\b(?:trên|ở trên|trước|trước đó|này|đó|đi|nhé|nha|hết|của bạn|cua ban|tren|truoc|do|di|nhe)\b)+",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Honest:
    """What is left of a tricky message: `label` "trick" or "false_document", `question` "" when nothing honest is left."""

    label: str
    question: str


def honest_part(text: str, message: Message, hits: Mapping[str, Spans]) -> Honest | None:
    """The honest part of `text`; None when nothing in it tries to steer us. `message` is `text` cut into words, `hits` its cues."""
    book = rulebook()
    bare = without_blobs(text)
    voices = [m for m in _VOICE.finditer(bare) if _kind(m)]
    tricky = bare != text or any(rule.span(hits, message) for rule in book.tricks) or _squeezed(message)
    tricky = tricky or any(_kind(m) == "machine" for m in voices)
    dictation = any(rule.span(hits, message) for rule in book.dictations)
    if not (voices or tricky or dictation):
        return None
    kept: list[str] = []
    asserted: list[str] = []
    for kind, part in _parts(bare, voices):
        for sentence in sentences(part):
            honest, told = _of_sentence(sentence, kind)
            kept += honest
            asserted += told
    if not tricky and not asserted:
        return None  # brackets or "xác nhận" in a plain question
    question = _join(kept)
    if asks_honestly(question):
        return Honest("trick" if tricky else "false_document", question)
    # Nothing is asked, so what was asserted is asked about: the order to confirm names the subject best.
    for statement in reversed(asserted):
        if asked := as_question(statement):
            return Honest("false_document", asked)
    return Honest("trick", "")


def read(part: str) -> Message:
    """A part of a message, shorthand written out, cut into words."""
    written = write_out(part)
    return Message.of(written, written, typed=part)


def sentences(text: str) -> list[str]:
    """The sentences of `text`, with their signs."""
    return [found for m in _SENTENCE.finditer(text) if (found := m[0].strip())]


def clauses(text: str) -> list[str]:
    """The clauses of `text`, cut at commas, colons and words such as "và", "rồi"."""
    return [clause for part in _CLAUSE.split(text) if (clause := part.strip())]


def asks_honestly(text: str) -> bool:
    """True when `text` asks something on our subject."""
    hits = rulebook().lexicon.hits(read(text))
    return "wide" in hits and ("asks" in hits or "?" in text or "ours" in hits) and len(text.split()) >= 2


def as_question(statement: str) -> str:
    """The question behind a statement: its value becomes "bao nhiêu", else it is asked whether it is so; "" when not our subject."""
    statement = _ACCORDING.sub("", statement.strip().rstrip(".!?…\"”' "))
    statement = _LEADING.sub("", statement).strip()
    if "ours" not in rulebook().lexicon.hits(read(statement)) or len(statement.split()) < 3:
        return ""
    for pattern, unit in ((_PERCENT, "bao nhiêu phần trăm"), (_MONEY, "bao nhiêu tiền")):
        if pattern.search(statement):
            return f"{pattern.sub(unit, statement, count=1)}?"
    if _COUNT.search(statement):
        asked = _COUNT.sub(lambda m: f"{m['is']}bao nhiêu {m['unit'] or ''}".rstrip(), statement, count=1)
        return f"{asked}?"
    return f"{statement} có đúng không?"


def _of_sentence(sentence: str, kind: str) -> tuple[list[str], list[str]]:
    """What a sentence honestly asks, and what it asserts or would have us say. `kind`: whose voice it is, "" the citizen's."""
    book = rulebook()
    message = read(sentence)
    hits = book.lexicon.hits(message)
    asks = "asks" in hits or sentence.endswith("?")
    spans = [span for rule in book.tricks for span in rule.spans(hits, message)]
    if not asks and (dictated := _dictated(book.dictations, sentence)):
        return [], dictated
    if kind and not (asks and not sentence.endswith(".")):
        return [], [] if spans else [sentence]  # papers and machines assert: "ai cũng được …." is no question
    if not spans and not _squeezed(message):
        useful = asks or "wide" in hits or any(w[0].isdigit() for w in message.words)
        return ([sentence] if useful else []), []
    return _clauses(sentence), []


def _clauses(sentence: str) -> list[str]:
    """What a sentence with a trick still asks: its clauses without one, and what stands before and after the trick in its own clause."""
    kept = []
    for clause in _CLAUSE.split(sentence):
        message, spans = _found(rulebook().tricks, clause)
        if _squeezed(message):
            continue
        if not spans:
            kept += [clause] if asks_honestly(clause) else []
            continue
        start, end = message.places[min(s for s, _ in spans)][0], message.places[max(e for _, e in spans) - 1][1]
        around = (message.text[:start].strip(), _TAIL.sub("", message.text[end:]).strip())
        kept += [c for c in around if asks_honestly(c) and "asks" in rulebook().lexicon.hits(read(c))]
    return kept


def _found(rules: tuple[Rule, ...], part: str) -> tuple[Message, list[tuple[int, int]]]:
    """Where `rules` hold in `part`: in its own words if they do there, else with shorthand written out."""
    for message in (Message.of(part, part), read(part)):
        hits = rulebook().lexicon.hits(message)
        if spans := [span for rule in rules for span in rule.spans(hits, message)]:
            return message, spans
    return message, []


def _dictated(rules: tuple[Rule, ...], sentence: str) -> list[str]:
    message, spans = _found(rules, sentence)
    return [message.text[message.places[max(end for _, end in spans) - 1][1] :]] if spans else []


def _parts(text: str, voices: list[re.Match[str]]) -> list[tuple[str, str]]:
    """(whose voice, words) in order; the voice of a tag lasts until the next tag."""
    parts, at, kind = [], 0, ""
    for tag in voices:
        parts.append((kind, text[at : tag.start()]))
        at, kind = tag.end(), _kind(tag)
        kind = "" if kind == "asking" else kind
    return [*parts, (kind, text[at:])]


def _kind(tag: re.Match[str]) -> str:
    """ "asking", "machine" or "paper"; "" for brackets that say none of these."""
    named = fold(tag["bracket"] or tag["heading"] or tag["speaker"] or tag[0])
    for kind, pattern in (("machine", _MACHINE), ("paper", _PAPER), ("asking", _ASKING)):
        if pattern.search(named):
            return kind
    return "machine" if tag[0].lstrip().startswith("<") else ""


def _squeezed(message: Message) -> bool:
    """True when one long word holds a trick written without blanks: "boquamoihuongdan"."""
    book = rulebook()
    long = [w for w in message.plain if len(w) >= 12]
    return any(
        all(any(cue in word for cue in book.lexicon.squeezed[group] if len(cue) > 3) for group in rule.groups)
        for word in long
        for rule in book.tricks
    )


def _join(parts: list[str]) -> str:
    return " ".join(p if p[-1] in ".!?;…" or i == len(parts) - 1 else f"{p}." for i, p in enumerate(parts)).strip()

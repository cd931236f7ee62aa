"""Which letter groups can be a Vietnamese syllable, and how much of a text is garbled.

A syllable is onset + rime + tone. The check needs no dictionary: it tells "hiểm" from "hiÓm" or "KLӇP".
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
_ONSETS = "b|ch|c|d|đ|gh|gi|g|h|kh|k|l|m|ngh|ng|nh|n|ph|p|qu|r|s|th|tr|t|v|x|"
_RIMES = """
    a ai ao au ay ac ach am an ang anh ap at ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây e ec em en eng eo ep et ê
    êch êm ên ênh êp êt êu i ia ich im in inh ip it iu iê iêc iêm iên iêng iêp iêt iêu o oc oi om on ong op ot
    oong ooc oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oe oen oeo oet ô ôc ôi ôm ôn
    ông ôp ôt ơ ơi ơm ơn ơng ơp ơt u ua uc ui um un ung up ut uân uâng uât uây uê uêch uên uênh uêt uêu uơ uôc uôi
    uôm uôn uông uôp uôt uy uya uych uyên uyêt uyn uynh uyp uyt uyu uăn uăng uăt uan uang uanh uao uat uay uai uac
    ư ưa ưc ưi ưm ưn ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu y yê yêm yên yêng yêt yêu ynh yt ych yu
""".split()  # noqa: SIM905
_SHAPE = re.compile(f"(?:{_ONSETS})(?:{'|'.join(sorted(_RIMES, key=len, reverse=True))})")
_STOPPED = re.compile(r"(?:c|ch|p|t)$")
_LATIN_WORD = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ]+(?:['’][A-Za-z]+)?")
# UTF-8 bytes shown as Western letters: "há»™i" for "hội".
_TWICE = re.compile("á[º»][^\x00-\x7f]|[ÃÆÄ][\x80-\x9f¡-¿]")
_BROKEN = re.compile("[\x00\ufffd\ue000-\uf8ff]")
_INNER = re.compile(r"[-–/.,;:()]")
_VOWEL = re.compile("[aeiouyAEIOUYÀ-ÆÈ-ÏÒ-ÖØ-Ýà-æè-ïò-öø-ýÿ]")
_EDGES = " \t\r\n.,;:!?()[]{}\"'“”‘’«»…-–—/\\|*_`~<>=+%&#•§°@·"


@lru_cache(maxsize=50_000)
def is_syllable(word: str) -> bool:
    """True when `word` (any case, NFC or NFD) can be one Vietnamese syllable."""
    letters, tones = [], 0
    for char in unicodedata.normalize("NFD", word.lower()):
        if char in _TONES:
            tones += 1
        else:
            letters.append(char)
    if tones > 1:
        return False
    base = unicodedata.normalize("NFC", "".join(letters))
    if not _SHAPE.fullmatch(base):
        return False
    if tones and _STOPPED.search(base):
        return any(mark in unicodedata.normalize("NFD", word) for mark in ("\u0301", "\u0323"))
    return True


def words(text: str) -> list[str]:
    """Blank-separated groups holding at least one letter or odd sign, without punctuation at their edges."""
    found: list[str] = []
    for part in text.split():
        if part.isalpha():  # nearly all; nothing to strip or to cut
            found.append(part)
        else:
            found += [w for w in _INNER.split(part.strip(_EDGES)) if w and not w.isdigit()]
    return found


def _vowelled(word: str) -> bool:
    return bool(_VOWEL.search(word))


@lru_cache(maxsize=50_000)
def _plausible(word: str) -> bool:
    """A syllable, a code ("41", "NQ", "QH15"), or a word of another Latin language written in one case."""
    if is_syllable(word):
        return True
    if re.fullmatch(r"[A-ZĐ0-9]{1,6}", word) or not any(c.isalpha() for c in word):
        return not any(c in word for c in "\x00\ufffd") and len(word) < 7
    one_case = word.islower() or word.isupper() or (word[0].isupper() and word[1:].islower())
    return bool(_LATIN_WORD.fullmatch(word)) and one_case and (_vowelled(word) or len(word) < 4)


def broken_share(text: str) -> float:
    """Share of NUL, U+FFFD and private-use characters among the visible ones: signs of a font without Unicode names."""
    broken = len(_BROKEN.findall(text))
    return broken / len("".join(text.split())) if broken else 0.0


def encoded_twice(text: str) -> int:
    """How many letters look like UTF-8 bytes that somebody took for Western letters."""
    return len(_TWICE.findall(text))


def garbled_share(text: str, at_least: int = 0) -> float:
    """Share from 0 to 1 of words that are neither Vietnamese nor plain Latin words; 1.0 when over 0.5 % is broken.

    0.0 for a text of fewer than `at_least` words, which tell too little.
    """
    found = words(text)
    if len(found) < at_least:
        return 0.0
    if broken_share(text) > 0.005:
        return 1.0
    if encoded_twice(text) > max(2, 0.05 * len(found)):
        return 1.0
    return sum(not _plausible(w) for w in found) / len(found) if found else 0.0


def vietnamese_share(text: str) -> float:
    """Share from 0 to 1 of the words with a letter beyond ASCII that are possible Vietnamese syllables."""
    marked = [w for w in words(text) if not w.isascii()]
    return sum(is_syllable(w) for w in marked) / len(marked) if marked else 0.0

"""Which unit a text means: sure, to be asked back about, or none.

A commune with its word of address ("xã …") goes before names without one; districts and provinces confirm or contradict.
What is misspelt, contradicted, called in doubt or lost in other words is asked back about, never taken.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.outreach.place_index import Elsewhere, names_of
from bot.outreach.place_mentions import COMMUNE_KINDS, Mention, Text, kind_before, read_text
from bot.outreach.place_names import SHORT, Fit, Level, Name
from bot.outreach.units import Commune, Found

CHOICES = 5
"""How many candidates a person is asked to choose from, at most."""
_SOME = 5  # unread words above which a text says other things than where one lives


@dataclass(frozen=True, slots=True)
class _Meant:
    """Units that can be meant, the names they come from, whether a single one may be taken without asking."""

    codes: frozenset[str]
    names: tuple[Name, ...]
    certain: bool


class PlaceReader:
    """Reads texts for one province."""

    def __init__(self, province: str, units: tuple[Commune, ...]) -> None:
        self._province = province
        self._units = {unit.code: unit for unit in units}
        self._names = names_of(province, units)

    def read(self, text: str) -> Found:
        """What `text` names."""
        taken = read_text(text, self._names)
        mentions = [m for m in taken.mentions if not _elsewhere(m)]
        if any(m.fit is not Fit.OTHER for m in mentions):
            mentions = [m for m in mentions if m.fit is not Fit.OTHER or m.kind]
        foreign = [m for m in taken.mentions if _elsewhere(m) and (m.fit is not Fit.OTHER)]
        meant = self._meant(taken, mentions)
        if foreign:
            return self._with_other(taken, mentions, foreign, meant)
        if meant is not None and meant.certain and (longer := self._longer(taken, mentions)):
            meant = _Meant(meant.codes | _codes(longer), (*meant.names, *longer), certain=False)
        if meant is None or not self._of_commune(mentions):
            meant = self._misspelt(taken, mentions) or meant
        if meant is None and (place := self._far_away(taken)):
            return Found(other_province=place)
        return self._found(meant, taken, mentions)

    def _meant(self, taken: Text, mentions: list[Mention]) -> _Meant | None:
        addressed = [m for m in mentions if m.kind in COMMUNE_KINDS and m.communes]
        bare = [m for m in mentions if m not in addressed and not m.below]
        named = [m for m in bare if m.communes and not m.areas]
        if addressed:
            meant = _addressed(addressed, _confirmed([m for m in bare if m.areas]))
        elif named:
            meant = _named(named, _confirmed([m for m in bare if m.areas]), not taken.rest)
        elif bare:
            meant = _areas(bare, not taken.rest)
        else:
            names = tuple(name for m in mentions for name in (*m.communes, *m.of(Level.DISTRICT)))
            meant = _Meant(_codes(names), names, certain=False)
        if not meant.codes:
            return None
        doubtful = (
            taken.hedged
            or len(taken.rest) > _SOME
            or any(m.fit is Fit.OTHER for m in (*addressed, *bare))
            or (len(bare) == 1 and not addressed and (_two_ways(bare[0]) or _everyday(bare[0])))
        )
        return _Meant(meant.codes, meant.names, meant.certain and not doubtful)

    @staticmethod
    def _of_commune(mentions: list[Mention]) -> bool:
        return any(m.communes and (m.kind in COMMUNE_KINDS or not (m.areas or m.below)) for m in mentions)

    def _with_other(self, taken: Text, ours: list[Mention], foreign: list[Mention], meant: _Meant | None) -> Found:
        """A text that names another province: our names before it lie there, those after it may be ours."""
        first = foreign[0]
        place = next(name.province for name in first.names if name.level is Level.ELSEWHERE)
        believed = first.marked or bool(first.kind) or not taken.rest
        if meant is None:
            return Found(other_province=place if believed else None)
        if believed and all(m.start < first.start for m in ours):
            return Found(other_province=place)
        asked = self._found(_Meant(meant.codes, meant.names, certain=False), taken, ours)
        return Found(
            choices=asked.choices, more=asked.more, area=asked.area, other_province=place if believed else None
        )

    def _misspelt(self, taken: Text, mentions: list[Mention]) -> _Meant | None:
        """Units whose names are one slip away from what was typed."""
        words = list(taken.words)
        blocked = {i for m in mentions if m.fit is not Fit.OTHER for i in range(m.start, m.end)}
        free = set(taken.rest) | {i for m in mentions if m.fit is Fit.OTHER for i in range(m.start, m.end)}
        found: list[Name] = []
        for size in range(min(self._names.longest, len(words)), 0, -1):
            for start in range(len(words) - size + 1):
                window = range(start, start + size)
                apart = any(words[i].apart for i in window[1:])
                if apart or blocked.intersection(window) or not free.intersection(window):
                    continue
                if len(taken.rest) > _SOME and kind_before(words, start)[0] not in COMMUNE_KINDS:
                    continue
                if sum(len(words[i].plain) for i in window) >= SHORT and (
                    near := self._names.near([words[i] for i in window])
                ):
                    found += near
                    blocked.update(window)
        names = [name for name in found if name.level <= Level.DISTRICT]
        confirmed = _confirmed([m for m in mentions if m.areas and not m.below])
        codes = _codes(names) if confirmed is None else _codes(names) & confirmed
        return _Meant(codes, tuple(names), certain=False) if codes else None

    def _longer(self, taken: Text, mentions: list[Mention]) -> list[Name]:
        """Names that a found one is part of, when a word beside it is misspelt: `Sơn Tây Thượg` is not Sơn Tây."""
        words = list(taken.words)
        taboo = {i for m in taken.mentions for i in range(m.start, m.end)}
        taboo |= {i for i, word in enumerate(words) if word.plain == "a"}  # the polite "ạ" after a name
        found: list[Name] = []
        for mention in mentions:
            for start in range(max(0, mention.end - self._names.longest), mention.start + 1):
                for end in range(mention.end, min(len(words), start + self._names.longest) + 1):
                    beside = [*range(start, mention.start), *range(mention.end, end)]
                    apart = any(words[i].apart for i in range(start + 1, end))
                    if beside and not apart and not taboo.intersection(beside):
                        near = self._names.near(words[start:end])
                        found += [n for n in near if n.level <= Level.ONCE and n not in mention.names]
        return found

    def _far_away(self, taken: Text) -> str | None:
        """The province of a commune that is none of ours, when it is said to be one or nothing else is said."""
        words = list(taken.words)
        if not 0 < len(taken.rest) <= _SOME:
            return None
        names = Elsewhere.around(self._province).names
        for start in range(len(words)):
            kind, _ = kind_before(words, start)
            for end in range(min(len(words), start + names.longest), start, -1):
                whole = taken.rest and (start, end) == (taken.rest[0], taken.rest[-1] + 1)
                if kind not in COMMUNE_KINDS and (not whole or end - start == 1):
                    continue
                met = [name for how, name in names.look_up(words[start:end]) if how is not Fit.OTHER]
                if met:
                    places = {name.province for name in met}
                    return next(iter(places)) if len(places) == 1 else None
        return None

    def _found(self, meant: _Meant | None, taken: Text, mentions: list[Mention]) -> Found:
        area = _area(mentions)
        if meant is None:
            return Found(area=area)
        if meant.certain and len(meant.codes) == 1:
            return Found(sure=self._units[next(iter(meant.codes))])
        ranked = {
            code: min((n.level for n in meant.names if code in n.codes), default=Level.WIDER) for code in meant.codes
        }
        order = sorted(meant.codes, key=lambda code: (ranked[code], code))
        choices = tuple(self._units[code] for code in order[:CHOICES])
        return Found(choices=choices, more=len(order) - len(choices), area=area)


def _codes(names: Iterable[Name]) -> frozenset[str]:
    return frozenset(code for name in names for code in name.codes)


def _elsewhere(mention: Mention) -> bool:
    """Whether it names another province: by no name of ours, or by the word of address."""
    other = mention.of(Level.ELSEWHERE)
    if not other or len(other) == len(mention.names):
        return bool(other)
    ours = [name for name in mention.names if name.level is not Level.ELSEWHERE]
    fits = any(name.kind == mention.kind or (name.kind == "tỉnh" and mention.kind == "thành phố") for name in other)
    return fits and all(name.kind != mention.kind for name in ours)


def _two_ways(mention: Mention) -> bool:
    """Whether it is a commune of ours and also another province (`Hòa Bình`)."""
    return not mention.kind and any(name.kind == "tỉnh" for name in mention.of(Level.ELSEWHERE))


def _everyday(mention: Mention) -> bool:
    """Whether it may as well be ordinary words: one syllable, or `ba xa` without marks."""
    return not mention.kind and (mention.one_syllable or mention.everyday)


def _confirmed(areas: list[Mention]) -> frozenset[str] | None:
    """The units that lie in all the districts and provinces named; None when none is."""
    within = [_within(m) for m in areas]
    return frozenset.intersection(*within) if within else None


def _within(mention: Mention) -> frozenset[str]:
    """The units that a name of an area allows."""
    if not mention.kind or mention.kind in COMMUNE_KINDS:
        return mention.codes
    fitting = [name for name in mention.areas if name.kind == mention.kind]
    if mention.kind != "tỉnh":
        fitting += [*mention.of(Level.WIDER), *(() if fitting else mention.of(Level.DISTRICT))]
    return _codes(fitting or mention.areas)


def _addressed(mentions: list[Mention], confirmed: frozenset[str] | None) -> _Meant:
    """ "xã …": names of that kind, or of another when there is but one unit of the name."""
    names: list[Name] = []
    sets: list[frozenset[str]] = []
    certain = True
    for mention in mentions:
        of_kind = [name for name in mention.communes if name.kind == mention.kind]
        fits = dict(zip(mention.names, mention.fits, strict=True))
        chosen = of_kind or list(mention.communes)
        if of_kind and mention.kind in (
            "xã",
            "phường",
        ):  # mixed up since the mergers: another name that fits as well may be meant
            texts, best = {name.text for name in of_kind}, min(fits[name] for name in of_kind)
            chosen += [name for name in mention.communes if name.text not in texts and fits[name] <= best]
        if not of_kind:
            certain = False
            chosen += mention.of(Level.DISTRICT)
        names += chosen
        sets.append(_codes(chosen))
    return _narrowed(sets, names, confirmed, certain)


def _named(mentions: list[Mention], confirmed: frozenset[str] | None, alone: bool) -> _Meant:
    """Communes without a word of address: any of them, and sure only when they agree."""
    names = [name for m in mentions for name in m.communes]
    sets = [_codes(m.communes) for m in mentions]
    strange = any(m.kind for m in mentions)  # "huyện Tịnh Khê"
    certain = (alone or confirmed is not None) and not strange
    if len({s if confirmed is None else s & confirmed for s in sets}) > 1:
        union = frozenset().union(*sets)
        return _Meant(union & confirmed if confirmed and union & confirmed else union, tuple(names), certain=False)
    return _narrowed(sets, names, confirmed, certain)


def _narrowed(sets: list[frozenset[str]], names: list[Name], confirmed: frozenset[str] | None, certain: bool) -> _Meant:
    common = frozenset.intersection(*sets)
    narrow = common if confirmed is None else common & confirmed
    if not narrow:
        return _Meant(frozenset().union(*sets), tuple(names), certain=False)
    only_once = confirmed is None and not any(n.level < Level.ONCE for n in names if n.codes & narrow)
    return _Meant(narrow, tuple(names), certain and not only_once)


def _areas(mentions: list[Mention], alone: bool) -> _Meant:
    """Districts, or names that are a district and a commune: what lies in all of them."""
    names = tuple(name for m in mentions for name in _proposed(m))
    proposed = _codes(names)
    common = proposed & (_confirmed(mentions) or frozenset())
    clear = alone or len(mentions) > 1 or bool(mentions[0].kind)
    return _Meant(common or proposed, names, clear and bool(common))


def _proposed(mention: Mention) -> tuple[Name, ...]:
    """What an area has to offer; a province too much."""
    if mention.kind == "tỉnh":
        return ()
    return (*mention.of(Level.DISTRICT), *(() if mention.kind else mention.communes))


def _area(mentions: list[Mention]) -> str:
    """The district, or else the province, that was named without a commune."""
    if any(m.communes and (m.kind in COMMUNE_KINDS or not m.areas) for m in mentions):
        return ""
    for level in (Level.DISTRICT, Level.PROVINCE):
        for mention in mentions:
            fitting = [n for n in mention.of(level) if n.kind == mention.kind] or mention.of(level)
            if fitting and (mention.kind != "tỉnh" or level is Level.PROVINCE):
                return fitting[0].title
    return ""

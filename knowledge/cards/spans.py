"""Spans that a card works out of what a person told: paid before and from 2014, the last month paid, how long a pension was drawn.

Trap: "doubtful" and "not told" are both None. A card then gives the rule, never a figure.
"""

from __future__ import annotations

from datetime import date

from knowledge.understanding.facts import Facts

_CHANGE = 2014  # from this year a year counts more: Law 41/2024/QH15, Articles 102.2 and 110.2


def around_2014(facts: Facts) -> tuple[int, int] | None:
    """Months paid (before, from) 2014; None when they were not told or do not fit together.

    A total with one part gives the other part. A total alone counts from 2014 unless payment began earlier.
    """
    total, before, since = facts.months_paid, facts.months_before_2014, facts.months_from_2014
    if facts.months_at_once is not None and total is not None and total < 12:
        return None  # "đóng 5 năm 7 tháng": the years were taken for paying ahead
    if before is not None and since is not None:
        return before, since
    if before is not None:
        return (before, total - before) if total is not None and total > before else None
    if since is not None:
        # A total beside one part may as well be the other part ("8 năm trước 2014 và 5 năm sau 2014").
        return (0, since) if total in (None, since) else None
    if total is None or (facts.started_year is not None and facts.started_year < _CHANGE):
        return None
    return 0, total


def paid_before(facts: Facts, day: date, today: date) -> bool | None:
    """Whether some month was paid before `day`: told, or because so many months paid and stopped reach back beyond it.

    None when neither says so; what was paid ahead reaches no further back.
    """
    if facts.started_before(day) is not None:
        return facts.started_before(day)
    if facts.months_paid is None or facts.months_at_once is not None:
        return None
    since = (today.year - day.year) * 12 + today.month - day.month
    return True if facts.months_paid + (facts.stopped_months or 0) > since + 1 else None


def last_paid(facts: Facts, today: date) -> date | None:
    """The first day of the last month paid: told, or from how many months ago payment stopped."""
    if facts.last_paid is not None:
        return facts.last_paid
    if facts.stopped_months is None:
        return None
    months = today.year * 12 + today.month - 1 - facts.stopped_months
    return date(months // 12, months % 12 + 1, 1) if months >= 12 else None


def months_drawn(facts: Facts, until: date) -> int | None:
    """In which month of the pension somebody died: told, or from its first month to `until`, the day of the death."""
    if facts.pension_months is not None or facts.pension_since is None:
        return facts.pension_months
    since = facts.pension_since
    months = (until.year - since.year) * 12 + until.month - since.month + 1
    return months if months > 0 else None


def month_of(first: date, count: int) -> date:
    """The first day of the `count`-th month when `first` is the first: the sixth month from 6/2026 is 11/2026."""
    months = first.year * 12 + first.month - 1 + count - 1
    return date(months // 12, months % 12 + 1, 1)


def started(facts: Facts) -> date | None:
    """The first day of the first month paid; None when the month was not told."""
    if facts.started_year is None or facts.started_month is None:
        return None
    return date(facts.started_year, facts.started_month, 1)

"""Kolektibilitas: how good a loan is by how late it is, and what has to be set aside for it. Presets are data; none of
them is law. Imports no Django.

Sources: bank, the five classes of Indonesian banks with the provisions of BRI's Kupedes rule; pnpm_perkotaan, the POB
of 2013 in times of an instalment; pnpm_perdesaan, UPK practice in months; koperasi, the lineage of the ministry's
regulations, for monthly instalments; cgap, the consensus guidelines' portfolio at risk.
"""

from dataclasses import dataclass
from decimal import Decimal

DAYS, INSTALLMENTS, MONTHS = "days", "installments", "months"


@dataclass(frozen=True, slots=True)
class Class:
    """A class up to `most` (inclusive) of the preset's measure; None: whatever is more. `provision` in percent."""

    name: str
    most: int | None
    provision: Decimal


@dataclass(frozen=True, slots=True)
class Preset:
    """Classes from the best to the worst, by days past due, instalments late, or months late."""

    measure: str
    classes: tuple[Class, ...]


def _classes(*rows: tuple[str, int | None, str]) -> tuple[Class, ...]:
    return tuple(Class(name, most, Decimal(provision)) for name, most, provision in rows)


PRESETS = {
    "bank": Preset(
        DAYS,
        _classes(
            ("Lancar", 0, "1"),
            ("Dalam perhatian khusus", 90, "5"),
            ("Kurang lancar", 120, "15"),
            ("Diragukan", 180, "50"),
            ("Macet", None, "100"),
        ),
    ),
    "pnpm_perkotaan": Preset(
        INSTALLMENTS,
        _classes(("Kol 1", 0, "1"), ("Kol 2", 3, "10"), ("Kol 3", 6, "25"), ("Kol 4", 9, "50"), ("Kol 5", None, "100")),
    ),
    "pnpm_perdesaan": Preset(
        MONTHS,
        _classes(("I", 0, "1"), ("II", 2, "10"), ("III", 4, "25"), ("IV", 6, "50"), ("V", None, "100")),
    ),
    "koperasi": Preset(
        MONTHS,
        _classes(("Lancar", 3, "0"), ("Kurang lancar", 6, "50"), ("Diragukan", 21, "75"), ("Macet", None, "100")),
    ),
    "cgap": Preset(
        DAYS,
        _classes(
            ("Lancar", 0, "0"), ("PAR1", 30, "10"), ("PAR30", 60, "25"), ("PAR60", 90, "50"), ("PAR90", None, "100")
        ),
    ),
}


def classify(preset: str, *, days_past_due: int, installments_late: int) -> Class:
    """The class of a loan whose oldest unpaid instalment is `days_past_due` (0: none) and which has so many of them
    late. A month is thirty days, one begun counts. An unknown preset is a bug (KeyError)."""
    rule = PRESETS[preset]
    late = {DAYS: days_past_due, INSTALLMENTS: installments_late, MONTHS: -(-days_past_due // 30)}[rule.measure]
    return next(one for one in rule.classes if one.most is None or late <= one.most)


def provision(outstanding: int, percent: Decimal) -> int:
    """What is to be set aside for `outstanding`, half up."""
    top, bottom = (percent / 100).as_integer_ratio()
    return (2 * outstanding * top + bottom) // (2 * bottom)

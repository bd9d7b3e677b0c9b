"""What a benchmark hands back: one line of the table at the end."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured number; `least` or `most` is the aim, neither means a figure without one."""

    measure: str
    value: float
    unit: str
    least: float | None = None
    most: float | None = None
    note: str = ""

    @property
    def aim(self) -> str:
        if self.least is not None:
            return f">= {self.least:,g}"
        return f"<= {self.most:,g}" if self.most is not None else "-"

    @property
    def verdict(self) -> str:
        if self.least is None and self.most is None:
            return "-"
        met = (self.least is None or self.value >= self.least) and (self.most is None or self.value <= self.most)
        return "met" if met else "NOT MET"


def shown(value: float) -> str:
    return f"{value:,.2f}" if abs(value) < 100 else f"{value:,.0f}"


def table(figures: Sequence[Figure]) -> str:
    """Measure, figure, aim, met or not, note; as wide as its words."""
    rows = [("measure", "figure", "aim", "", "note")]
    rows += [(one.measure, f"{shown(one.value)} {one.unit}".strip(), one.aim, one.verdict, one.note) for one in figures]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    padded = [[cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in rows]
    return "\n".join("  ".join(row).rstrip() for row in padded)

"""A group's loans together on any day, read from what is booked."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Figures:
    """The portfolio at the end of a day."""

    loans: int
    outstanding: int
    arrears_principal: int
    arrears_interest: int
    par: dict[int, int]


def figures(group_id: UUID, *, as_of: date) -> Figures:
    raise NotImplementedError

"""A paper's figures as data, inside its file: one JSON with all of them, and a CSV for each table. Imports no Django.

Amounts are whole counts of the currency's smallest payable unit, days are written YYYY-MM-DD. In a CSV a text that a
spreadsheet would take for a formula begins with an apostrophe.
"""

import csv
import io
import json
from datetime import date
from typing import Any

from reports.papers.frame import Cell, Paper, Table
from reports.press import Attachment

FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def attachments(paper: Paper) -> tuple[Attachment, ...]:
    """What goes along with it."""
    whole = Attachment("lumbung.json", "application/json", as_json(paper), "Angka dokumen ini", "Data")
    sheets = (
        Attachment(f"{table.name}.csv", "text/csv", as_csv(table), f"Tabel {table.name}", "Data")
        for table in paper.tables
    )
    return (whole, *sheets)


def as_json(paper: Paper) -> bytes:
    """All that the paper says in figures, and what it was read from; names stand in it only where a table has them."""
    said = {
        "format": "lumbung-paper-1",
        "kind": paper.kind,
        "number": paper.number,
        "code": paper.code,
        "version": paper.version,
        "group": paper.letterhead.group,
        "from": paper.since,
        "to": paper.until,
        "made_on": paper.made_on,
        "head": {"seq": paper.head_seq, "hash": paper.head_hash},
        "currency": paper.currency,
        "digits": paper.digits,
        "totals": dict(paper.totals),
        "tables": {table.name: {"columns": table.columns, "rows": table.rows} for table in paper.tables},
    }
    return json.dumps(said, ensure_ascii=False, indent=1, default=_day).encode()


def as_csv(table: Table) -> bytes:
    """A table as RFC 4180 has it."""
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(table.columns)
    rows.writerows([_cell(value) for value in row] for row in table.rows)
    return text.getvalue().encode()


def _day(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is no figure")


def _cell(value: Cell) -> Cell:
    if isinstance(value, str) and value.startswith(FORMULAS):
        return f"'{value}"
    return value.isoformat() if isinstance(value, date) else value

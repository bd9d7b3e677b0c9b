"""Stamp duty on papers (bea meterai, UU 10/2020): one rate, once a document. Imports no Django.

An agreement bears it whatever its sum; a receipt where it states a sum above five million rupiah as received or paid.
"""

METERAI = 10_000
"""Rupiah."""
FREE_UP_TO = 5_000_000
"""Rupiah: a receipt for exactly this much bears none."""


def on_receipt(amount: int, currency: str, digits: int) -> int:
    """The duty on a receipt for `amount`, in rupiah; 0 for none, and in a currency whose worth in rupiah is not
    known here."""
    return METERAI if currency == "IDR" and amount > FREE_UP_TO * 10**digits else 0

"""PINs. Imports no Django."""

from datetime import date


def refused(pin: str, *, born_on: date | None = None, phone: str | None = None) -> str | None:
    """Why a PIN may not be used, or None."""
    if not (6 <= len(pin) <= 12 and pin.isascii() and pin.isdigit()):
        return "shape"
    if len(set(pin)) <= 2 or pin in "01234567890123456789" or pin in "98765432109876543210":
        return "common"
    return None

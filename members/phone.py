"""Telephone numbers, however they are written. Imports no Django."""

import phonenumbers


def normalised(text: str, region: str = "ID") -> str:
    """E.164: 0812-3456-789 is +628123456789. Raises ValueError for what cannot be a number."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException as error:
        raise ValueError("not a telephone number") from error
    if not phonenumbers.is_possible_number(number):
        raise ValueError("not a telephone number")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))

"""Telephone numbers, however they are written. Imports no Django."""

import re
import unicodedata

import phonenumbers
from phonenumbers import PhoneNumberFormat, ValidationResult

WRITTEN = re.compile(r"\(?\+?[\d\s()./\-\u2010-\u2015]+")
LONGEST = 16  # E.164: a + and fifteen digits; the library lets more through


def normalised(text: str, region: str = "ID") -> str:
    """E.164: 0812-3456-789, 62812 3456 789 and +62 812 3456 789 are +628123456789.

    What begins with the region's own country code has it, with or without the +. Raises ValueError for what is no
    possible number, a number without its area code, and anything with letters or an extension: an O typed for a 0
    would otherwise be dropped and another person called.
    """
    plain = "".join(one for one in unicodedata.normalize("NFKC", text) if unicodedata.category(one) != "Cf").strip()
    if len(plain) > 40 or not WRITTEN.fullmatch(plain):
        raise ValueError("not a telephone number")
    try:
        number = phonenumbers.parse(_international(plain, region), region)
    except phonenumbers.NumberParseException:
        raise ValueError("not a telephone number") from None
    written = str(phonenumbers.format_number(number, PhoneNumberFormat.E164))
    if phonenumbers.is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE or len(written) > LONGEST:
        raise ValueError("not a telephone number")
    return written


def _international(plain: str, region: str) -> str:
    digits = phonenumbers.normalize_digits_only(plain)
    if "+" not in plain and digits.startswith(("00", str(phonenumbers.country_code_for_region(region)))):
        return "+" + digits.removeprefix("00")
    return plain

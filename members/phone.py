"""Telephone numbers, however they are written. Imports no Django."""

import re
import unicodedata

import phonenumbers
from phonenumbers import PhoneNumberFormat, ValidationResult

WRITTEN = re.compile(r"\(?\+?[\d\s()./\-\u2010-\u2015]+")


def normalised(text: str, region: str = "ID") -> str:
    """E.164: 0812-3456-789, 62812 3456 789 and +62 812 3456 789 are +628123456789.

    Raises ValueError for what is no possible number, a number without its area code, and anything with letters or an
    extension: an O typed for a 0 would otherwise be dropped and another person called.
    """
    plain = "".join(one for one in unicodedata.normalize("NFKC", text) if unicodedata.category(one) != "Cf").strip()
    if len(plain) > 40 or not WRITTEN.fullmatch(plain):
        raise ValueError("not a telephone number")
    try:
        number = phonenumbers.parse(re.sub(r"^0\s*0", "+", plain), region)
    except phonenumbers.NumberParseException:
        raise ValueError("not a telephone number") from None
    if phonenumbers.is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE:
        raise ValueError("not a telephone number")
    return str(phonenumbers.format_number(number, PhoneNumberFormat.E164))

"""Numbers, amounts and days in words, in the paper's language. Imports no Django.

Whole numbers from 0 to under 10^18, as `ledger.terbilang` has them: what it refuses is refused here.
"""

from datetime import date

from ledger import terbilang
from ledger.dates import long_day
from ledger.money import SIGNS, grouped

ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
STEPS = (
    *((10**15, "quadrillion"), (10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (10**3, "thousand")),
    (100, "hundred"),
)


def number(value: int, language: str = "id") -> str:
    """24 is `dua puluh empat`, `twenty-four`."""
    indonesian = terbilang.terbilang(value)
    return _english(value) if language == "en" else indonesian


def amount(value: int, currency: str, digits: int, language: str = "id") -> str:
    """`satu juta dua ratus ribu rupiah`; another currency by its code, its decimals as on a cheque."""
    if language != "en":
        return terbilang.in_words(value, currency, digits)
    whole, rest = divmod(value, 10**digits)
    if currency == "IDR" and digits == 0:
        return f"{number(whole, language)} rupiah"
    return f"{number(whole, language)} {currency}" + (f" {rest:0{digits}d}/{10**digits}" if rest else "")


def figure(value: int, currency: str, digits: int) -> str:
    """`Rp1.250.000,00`, as it stands beside its words."""
    sign = SIGNS.get(currency, f"{currency} ")
    return sign + grouped(value, digits) + ("" if digits else ",00")


def both(value: int, currency: str, digits: int, language: str = "id") -> str:
    """`Rp1.250.000,00 (satu juta dua ratus lima puluh ribu rupiah)`."""
    return f"{figure(value, currency, digits)} ({amount(value, currency, digits, language)})"


def month(day: date, language: str = "id") -> str:
    """`November`."""
    return long_day(day, language).split()[1]


def _english(value: int) -> str:
    if value < 20:
        return ONES[value]
    if value < 100:
        tens, rest = divmod(value, 10)
        return TENS[tens - 2] + (f"-{ONES[rest]}" if rest else "")
    step, name = next((step, name) for step, name in STEPS if value >= step)
    count, rest = divmod(value, step)
    return f"{_english(count)} {name}" + (f" {_english(rest)}" if rest else "")

"""Numbers in Indonesian words, as they stand beside the figure on a receipt. Imports no Django."""

LARGEST = 10**18 - 1
"""Beyond any amount: several of the largest stand on one paper, and their sum in words."""

ONES = ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas")
STEPS = (
    *((10**15, "kuadriliun"), (10**12, "triliun"), (10**9, "miliar"), (10**6, "juta"), (10**3, "ribu")),
    *((100, "ratus"), (10, "puluh")),
)


def terbilang(number: int) -> str:
    """1250000 is "satu juta dua ratus lima puluh ribu"; from 0 to under 10^18.

    One hundred and one thousand are seratus and seribu; a million is satu juta. Raises ValueError outside, TypeError
    for what is not an int.
    """
    if type(number) is not int:
        raise TypeError(f"words are for an int, not {type(number).__name__}")
    if not 0 <= number <= LARGEST:
        raise ValueError(f"words are for 0 to {LARGEST}, not {number}")
    return _words(number)


def rupiah(amount: int) -> str:
    """An amount of rupiah in words: "satu juta dua ratus ribu rupiah". Refuses what `terbilang` refuses."""
    return f"{terbilang(amount)} rupiah"


def in_words(amount: int, currency: str = "IDR", digits: int = 0) -> str:
    """An amount in words with its currency; decimals stand as a fraction, as on a cheque: "dua belas EUR 50/100"."""
    if currency == "IDR" and digits == 0:
        return rupiah(amount)
    whole, rest = divmod(amount, 10**digits)
    return f"{terbilang(whole)} {currency}" + (f" {rest:0{digits}d}/{10**digits}" if rest else "")


def _words(number: int) -> str:
    if number < 12:
        return ONES[number]
    if number < 20:
        return f"{ONES[number - 10]} belas"
    step, name = next((step, name) for step, name in STEPS if number >= step)
    count, rest = divmod(number, step)
    head = f"se{name}" if count == 1 and step in (100, 1000) else f"{_words(count)} {name}"
    return f"{head} {_words(rest)}" if rest else head

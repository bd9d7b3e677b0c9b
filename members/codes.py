"""Codes that people read out and type: what they are made of, how they are shown, how they are read. Imports no Django.

The alphabet has 32 letters, so each is worth five bits, and none that is read as another: whoever writes the letter O
means zero, and I or L mean one.
"""

import secrets

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
READ_AS = str.maketrans({"o": "0", "i": "1", "l": "1"})
BETWEEN = str.maketrans("", "", " -–.\u00a0\t")


def new(letters: int) -> str:
    """A random code of so many letters, five bits each."""
    return "".join(secrets.choice(ALPHABET) for _ in range(letters))


def shown(code: str) -> str:
    """As it is written for people, in capitals: eight letters as XXXX-XXXX, six as XXX-XXX."""
    half = len(code) // 2
    return f"{code[:half]}-{code[half:]}".upper()


def read(text: str, letters: int) -> str | None:
    """What somebody typed as the code it is, however she wrote it; None when it cannot be one."""
    typed = text.strip().lower().translate(BETWEEN).translate(READ_AS)
    return typed if len(typed) == letters and set(typed) <= set(ALPHABET) else None

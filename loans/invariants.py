"""What `verify_books` proves of loans, as queries written apart from what they check."""

CHECKS: dict[str, str] = {}

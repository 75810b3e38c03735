"""The fingerprint of a text from which something else was made: the review of its sentences, a translation."""

import hashlib


def fingerprint(source: str) -> str:
    """Give the first 12 hex digits of the SHA-256 of a cell's source, or of any other text."""
    return hashlib.sha256(source.encode()).hexdigest()[:12]

"""Passwords: which may be chosen, and how they are kept.

argon2id by the OWASP Password Storage Cheat Sheet: 19 MiB of memory, two passes, one lane. Hashes
from before that were made with 64 MiB, which checking them takes, too.
"""

import re
import unicodedata
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from precis_i18n import get_profile
from zxcvbn.frequency_lists import FREQUENCY_LISTS  # type: ignore[import-untyped]

SHORTEST, LONGEST = 8, 128
WRONG_LENGTH = f"Password must be between {SHORTEST} and {LONGEST} characters"
HAS_CONTROLS = "Password must not have control characters"
TOO_COMMON = "Password is too common"

AT_ONCE = 4
"""Hashes that a process makes or checks at the same time: more would take memory, and no less time.
"""

turns = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="passwords")
"""A few threads of their own: memory that is free again stays with the thread that asked for it."""
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_NOBODYS = _hasher.hash("the password of nobody")
_COMMON = frozenset(word for word in FREQUENCY_LISTS["passwords"] if len(word) >= SHORTEST)

_opaque = get_profile("OpaqueString")
_JOINERS = re.compile("[\u200c\u200d\ufe00-\ufe0f\U000e0020-\U000e007f\U000e0100-\U000e01ef]")
"""Joiners, variation selectors and tags, which one keyboard adds to a letter or emoji, another not.
"""
_CONTROLS = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
MOST_TO_ONE = 4
"""Characters that NFC makes one, at the most: of a longer password the rest need not be read."""


def normalized(password: str) -> str:
    """The form to hash and compare: that of RFC 8265's OpaqueString, without what is `_JOINERS`.

    Raises ValueError for control characters and the like, but takes all else that the RFC refuses:
    emoji newer than this Python's Unicode, or a Catalan middle dot, may be all a keyboard has.
    """
    form = _opaque.apply_five_rules(_JOINERS.sub("", password)[: LONGEST * MOST_TO_ONE + 1])
    if any(unicodedata.category(char) in _CONTROLS for char in form):
        raise ValueError(HAS_CONTROLS)
    return form


def broken_rule(password: str) -> str | None:
    """The rule that a new password breaks, as a sentence. Too common are the thirty thousand that
    people choose most, in any case of letters.
    """
    try:
        form = normalized(password)
    except ValueError as error:
        return str(error)
    if not SHORTEST <= len(form) <= LONGEST:
        return WRONG_LENGTH
    return TOO_COMMON if form.lower() in _COMMON else None


def hash_password(password: str) -> str:
    """The hash to keep; takes some tens of milliseconds on purpose, and waits for its turn."""
    return turns.submit(_hasher.hash, normalized(password)).result()


def verify(password_hash: str | None, password: str) -> bool:
    """Whether the password fits; without a hash it is false, in the time that one of today takes.
    Waits for its turn.
    """
    try:
        turns.submit(_hasher.verify, password_hash or _NOBODYS, normalized(password)).result()
    except (VerificationError, ValueError):
        return False
    return password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether it was made with other parameters than hashes are today."""
    return _hasher.check_needs_rehash(password_hash)

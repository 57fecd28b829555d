"""E-mail addresses in the one form in which they are stored, compared and counted."""

from unicodedata import normalize

import email_validator
from precis_i18n import get_profile

LONGEST = 254

_names = get_profile("UsernameCaseMapped")

# The library's documented way to take the names of tests and homes (.test, .local, home.arpa): it
# has no argument for that. Nothing here sends mail, so nobody has to be reachable from everywhere.
email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()


def normalized(email: str) -> str:
    """In lower case and full-width letters made plain, the domain as mail servers know it, in
    ASCII (IDNA 2008); raises ValueError for what is no address, or could pass for another one.
    """
    email = email.strip()
    if len(email) > LONGEST:
        raise ValueError("too long")
    name, _, domain = normalize("NFC", email).rpartition("@")
    found = email_validator.validate_email(
        f"{_names.enforce(name)}@{domain}",
        check_deliverability=False,
        globally_deliverable=domain.lower() != "localhost",  # else a name with a dot
    )
    return f"{found.local_part}@{found.ascii_domain}"

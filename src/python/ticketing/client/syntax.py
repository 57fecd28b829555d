"""What ids and tokens look like; all else that a visitor sends in their place goes no further."""

import re

ID = re.compile(r"[0-9a-f]{24}")
TOKEN = re.compile(r"[\w.-]+", re.ASCII)
"""A session or a CSRF token: nothing that means anything in a header."""

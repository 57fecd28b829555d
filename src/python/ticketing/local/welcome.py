"""What to try, printed when the platform is ready."""

import json
import secrets
import shlex
from pathlib import Path

JSON = "-H 'Content-Type: application/json'"


def text(url: str, cookies: Path) -> str:
    """Three commands that work when pasted into a shell as they are, on every start anew."""
    jar = shlex.quote(str(cookies))
    user = {"email": f"you-{secrets.token_hex(3)}@example.com", "password": "correct horse"}
    ticket = {"title": "Concert", "price": 25}
    xsrf = f"""-H "X-XSRF-TOKEN: $(awk '/XSRF-TOKEN/ {{print $7}}' {jar})\""""
    return "\n".join(
        [
            f"\nTicketing is ready at {url}  (Ctrl-C stops it)\n",
            "Sign up, sell a ticket, list what is for sale:\n",
            f"  curl -sw '\\n' -c {jar} {JSON} -d '{json.dumps(user)}' {url}/api/users/signup",
            f"  curl -sw '\\n' -b {jar} {xsrf} {JSON} -d '{json.dumps(ticket)}' {url}/api/tickets",
            f"  curl -sw '\\n' {url}/api/tickets\n",
        ]
    )

"""HTTP as every service speaks it: what comes in, what goes out, limits, idempotency, documents.

A route says what it is in one `Operation`, reads a body or query by a marshmallow schema, calls a
use case and replies with a struct (`routes.py`); what is refused has a code (`errors.py`). What
every answer has beside that (request id, safe headers, the visitor's address behind proxies) is
added in `application.py`.
"""

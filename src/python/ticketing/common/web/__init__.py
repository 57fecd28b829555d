"""HTTP as every service speaks it: what comes in, what goes out, limits, idempotency, documents.

A route says what it is in one `Operation`, reads a body or query by a marshmallow schema, and
replies with a struct. Headers, proxies and other sites are the application's own matter.
"""

"""Who is asking: access tokens, on Flask-JWT-Extended, and the keys that sign and verify them.

A signature is verified once a process; that a token is over, that its key counts and that it was
not revoked are looked at at every use. What was signed out is heard as an event.
"""

"""Who is asking: access tokens, on Flask-JWT-Extended, and the keys that sign and verify them.

A token is verified once a process and looked at at each use. What was signed out is heard as an
event and refused within seconds.
"""

"""What tests of several services use: services in memory, servers, tokens, clocks and input.

Only tests import it. Databases are mongomock or a real server's, events go through the router as
the worker's do.
"""

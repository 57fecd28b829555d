"""What tests of several services use: services and a bus in memory, servers, tokens, clocks, input.

Only tests import it. Databases are mongomock's, servers of NATS and Redis are real, and events go
through the router as the worker's do.
"""

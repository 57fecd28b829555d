"""What everything may import: errors, events, aggregates, money, time, settings, logs and health.

Nothing here talks to a database, a broker or a browser. Each of the other packages may use those
before it, in this order: core, storage, messaging, identity, web, runtime, testing.
"""

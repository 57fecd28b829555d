"""What everything may import: errors, events, aggregates, money, time, settings, logs and health.

Nothing here knows a database, a broker or a service. Each of the other packages may use those
before it, in this order: core, storage, messaging, identity, web, runtime, testing.
"""

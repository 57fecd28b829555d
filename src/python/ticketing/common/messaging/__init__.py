"""Events from one service to another, at least once and in any order, on NATS JetStream.

The relay publishes what outboxes hold; a router says which function handles which event. A message
that cannot be handled yet is tried again without end; one that fails for no known reason, or kills
its worker, becomes a dead letter.
"""

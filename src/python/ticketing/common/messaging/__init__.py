"""Events from one service to another, at least once and in any order, on NATS JetStream.

The relay publishes what outboxes hold; a router says which function handles which event. A message
that fails is tried again with growing delays, and in the end becomes a dead letter.
"""

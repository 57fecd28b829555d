"""Models in MongoDB: a store writes an aggregate and its events in one conditional write.

A replica keeps the newest copy of another service's aggregates. One mapper converts both from and
to documents.
"""

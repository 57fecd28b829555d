"""Optimistic concurrency: a use case that lost a race is run again on fresh state."""

from tenacity import retry, retry_if_exception_type, stop_after_attempt

from ticketing.common.core.errors import Conflict

retry_on_conflict = retry(
    retry=retry_if_exception_type(Conflict), stop=stop_after_attempt(3), reraise=True
)
"""Decorator: runs the use case up to three times, then lets the `Conflict` out."""

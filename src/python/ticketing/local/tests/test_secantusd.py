"""The stand-in for MongoDB stays quick, however many writes it has answered."""

import pytest
from secantus import transactions
from secantus.transactions import TransactionRegistry

from ticketing.local import secantusd


@pytest.fixture(autouse=True)
def _same_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = transactions._RETRYABLE_RECORD_MAX
    monkeypatch.setattr(transactions, "_RETRYABLE_RECORD_MAX", kept)


def test_old_answers_are_forgotten_and_the_latest_are_kept() -> None:
    secantusd.remember_less()
    registry = TransactionRegistry()
    for number in range(secantusd.KEPT + 100):
        registry.record_retryable(b"a session", number, b"a write", {"ok": 1, "n": number})
    assert registry.retryable_reply(b"a session", 50, b"a write") is None
    latest = secantusd.KEPT + 99
    assert registry.retryable_reply(b"a session", latest, b"a write") == {"ok": 1, "n": latest}


def test_another_version_that_calls_it_otherwise_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(transactions, "_RETRYABLE_RECORD_MAX")
    with pytest.raises(AttributeError, match="_RETRYABLE_RECORD_MAX"):
        secantusd.remember_less()

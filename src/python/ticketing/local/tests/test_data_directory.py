"""The data directory: who may use it, and what may be deleted."""

from pathlib import Path

import pytest

from ticketing.local.data_directory import DataDirectory, DataDirectoryError


def test_a_directory_is_held_by_one_platform_at_a_time(tmp_path: Path) -> None:
    first = DataDirectory.open(tmp_path / "data")
    with pytest.raises(DataDirectoryError, match="in use"):
        DataDirectory.open(tmp_path / "data")
    first.close()
    DataDirectory.open(tmp_path / "data").close()


def test_a_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    data = DataDirectory.open(tmp_path / "data")
    key = data.secret("jwt.key")
    assert len(key) == 64
    assert data.secret("jwt.key") == key
    assert (data.path / "jwt.key").stat().st_mode & 0o777 == 0o600
    data.close()


def test_emptying_keeps_the_lock(tmp_path: Path) -> None:
    data = DataDirectory.open(tmp_path / "data")
    (data.directory("nats") / "file").touch()
    key = data.secret("jwt.key")
    data.empty()
    assert [entry.name for entry in data.path.iterdir()] == ["lock"]
    assert data.secret("jwt.key") != key
    with pytest.raises(DataDirectoryError, match="in use"):
        DataDirectory.open(tmp_path / "data")
    data.close()


def test_a_directory_of_somebody_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").touch()
    with pytest.raises(DataDirectoryError, match="was not made by the platform"):
        DataDirectory.open(tmp_path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_place_where_no_directory_can_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DataDirectoryError, match="Cannot use .*/file/data: "):
        DataDirectory.open(tmp_path / "file" / "data")

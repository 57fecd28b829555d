"""Settings from the environment, and what is said when they are wrong."""

import pytest

from ticketing.common.core.settings import Settings, read
from ticketing.common.identity.settings import TokenSettings
from ticketing.common.messaging.settings import BrokerSettings
from ticketing.common.web.settings import ServiceSettings

KEY = "a secret of at least thirty-two bytes"
ENV = {"MONGO_URI": "mongodb://db/tickets", "UNRELATED": "secret"}
TOKENS = {"JWT_KEY": KEY}
OTHERWISE = {"JWT_KEYS_URL": "http://auth/keys"}


def complaint(env: dict[str, str], kind: type[Settings] = ServiceSettings) -> str:
    with pytest.raises(SystemExit) as stopped:
        read(kind, env)
    said = stopped.value.code
    assert isinstance(said, str)
    assert "\n" not in said
    return said


def test_settings_are_read_by_their_upper_names() -> None:
    settings = read(ServiceSettings, {**ENV, "PORT": "8080", "HOST": "127.0.0.1"})
    assert settings.mongo_uri == "mongodb://db/tickets"
    assert (settings.host, settings.port) == ("127.0.0.1", 8080)


def test_what_may_be_left_out_has_its_default() -> None:
    settings = read(ServiceSettings, ENV)
    assert (settings.host, settings.port, settings.log_level) == ("0.0.0.0", 3000, "INFO")
    broker = read(BrokerSettings, {"NATS_URL": "nats://n:4222"})
    assert (broker.nats_cluster_id, broker.nats_client_id) == ("ticketing", "")
    assert broker.nats_replicas == 1


MISSING: dict[type[Settings], str] = {
    ServiceSettings: "MONGO_URI",
    TokenSettings: "JWT_KEY or JWT_KEYS_URL",
}


@pytest.mark.parametrize("kind", MISSING)
def test_what_is_missing_is_named_in_one_line(kind: type[Settings]) -> None:
    for env in ({}, dict.fromkeys(("MONGO_URI", "JWT_KEY", "JWT_KEYS_URL"), "")):
        assert complaint(env, kind) == f"missing in the environment: {MISSING[kind]}"


def test_all_that_is_missing_is_named_at_once() -> None:
    class Both(TokenSettings, frozen=True, kw_only=True, rename="upper"):
        mongo_uri: str

    assert complaint({}, Both) == "missing in the environment: MONGO_URI, JWT_KEY or JWT_KEYS_URL"


def test_of_two_ways_to_the_keys_only_one_is_taken() -> None:
    settings = read(TokenSettings, {**OTHERWISE, "JWT_KEY": ""})
    assert settings.jwt_keys_url == "http://auth/keys"
    said = complaint({**OTHERWISE, **TOKENS}, TokenSettings)
    assert said == "only one may be in the environment: JWT_KEY, JWT_KEYS_URL"


@pytest.mark.parametrize("port", ["eighty", "80.5", " "])
def test_a_wrong_type_is_named_in_one_line(port: str) -> None:
    assert "PORT" in complaint({**ENV, "PORT": port})


@pytest.mark.parametrize("level", ["chatty", "0", " "])
def test_a_wrong_log_level_is_named_in_one_line(level: str) -> None:
    assert "LOG_LEVEL" in complaint({**ENV, "LOG_LEVEL": level})


def test_an_empty_optional_variable_is_as_good_as_none() -> None:
    assert read(ServiceSettings, {**ENV, "PORT": ""}).port == 3000


def test_a_complaint_shows_no_secret() -> None:
    for kind in (ServiceSettings, TokenSettings):
        assert "secret" not in complaint({**ENV, **TOKENS, "PORT": "x"}, kind)


LONG, SHORT, WIDE = "k" * 32, "secret" + "k" * 25, "secret" + "\u00e9" * 13


@pytest.mark.parametrize(
    ("keys", "named"),
    [
        ({"JWT_KEY": SHORT}, "JWT_KEY"),
        ({"JWT_KEY": SHORT, "JWT_OTHER_KEYS": LONG}, "JWT_KEY"),
        ({"JWT_OTHER_KEYS": SHORT}, "JWT_OTHER_KEYS"),
        ({"JWT_OTHER_KEYS": f"{LONG},{SHORT} "}, "JWT_OTHER_KEYS"),
        ({"JWT_OTHER_KEYS": f"{SHORT},{LONG}"}, "JWT_OTHER_KEYS"),
    ],
)
def test_a_key_that_could_be_guessed_is_named_and_not_shown(
    keys: dict[str, str], named: str
) -> None:
    said = complaint({**TOKENS, **keys}, TokenSettings)
    assert said == f"wrong in the environment: {named} takes keys of 32 bytes or more"


@pytest.mark.parametrize("keys", ["", LONG, f"{LONG}, {LONG} ,", WIDE])
def test_keys_of_32_bytes_or_more_are_taken(keys: str) -> None:
    settings = read(TokenSettings, {"JWT_KEY": WIDE, "JWT_OTHER_KEYS": keys})
    assert settings.other_secrets() == [key.strip() for key in keys.split(",") if key.strip()]


def test_settings_cannot_be_changed() -> None:
    settings = read(ServiceSettings, ENV)
    with pytest.raises(AttributeError):
        settings.port = 1  # type: ignore[misc]


@pytest.mark.parametrize("replicas", ["0", "6", "three"])
def test_more_brokers_than_can_agree_are_refused(replicas: str) -> None:
    env = {"NATS_URL": "nats://n:4222", "NATS_REPLICAS": replicas}
    assert "NATS_REPLICAS" in complaint(env, BrokerSettings)


@pytest.mark.parametrize("listed", ["*", "gateway", "10.0.0.1/8", "10.0.0.0/33", "10.0.0.1;::1"])
def test_whoever_is_trusted_is_named_by_address(listed: str) -> None:
    said = complaint({**ENV, "TRUSTED_PROXIES": listed})
    assert said.startswith("wrong in the environment: ")
    assert "TRUSTED_PROXIES" in said


@pytest.mark.parametrize(
    "listed",
    ["*", "null", "https://*.shop.example", "shop.example", "https://shop.example/", "https://a/b"],
)
def test_other_sites_are_named_in_full(listed: str) -> None:
    said = complaint({**ENV, "CORS_ORIGINS": listed})
    assert said.startswith("wrong in the environment: ")
    assert "CORS_ORIGINS" in said

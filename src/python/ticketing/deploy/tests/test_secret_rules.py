"""The rules for secrets see what they are there for."""

import pytest

from ticketing.deploy.tests import secret_rules
from ticketing.deploy.tests.breaking import Case
from ticketing.deploy.tests.secret_rules import references, told

WEB, WORKER, RQ = "Deployment auth-web", "Deployment orders-worker", "Deployment expiration-rq"
REDIS, MONGO = "StatefulSet expiration-redis", "StatefulSet auth-mongo"
JOB, CHECKS = "Job auth-mongo-initiate", "Deployment orders-web"
REF = "valueFrom secretKeyRef"

STRIPE_KEY = {"name": "stripe-secret", "key": "STRIPE_KEY"}

CASES = [
    Case(told, WEB, f"container env JWT_KEY {REF} key", "KEY"),
    Case(told, WEB, f"container env JWT_KEY {REF} optional", True),
    Case(told, WEB, f"container env JWT_OTHER_KEYS {REF} optional"),
    Case(told, WEB, "spec template metadata labels ticketing/tokens", told=f"{WEB} has its JWT"),
    Case(told, WORKER, f"container env MONGO_PASSWORD {REF} name", "jwt-secret"),
    Case(told, CHECKS, f"container env JWT_KEY {REF} key", "JWT_PRIVATE_KEY"),
    Case(told, CHECKS, f"container env JWT_KEY {REF}", STRIPE_KEY),
    Case(told, WORKER, f"container env NATS_PASSWORD {REF} name", "operator-secret"),
    Case(told, WORKER, f"container env MONGO_PASSWORD {REF} key", "MONGO_KEY"),
    Case(told, WORKER, f"container env MONGO_PASSWORD {REF} name", "operator-secret"),
    Case(told, RQ, f"container env REDIS_PASSWORD {REF} name", "limits-secret"),
    Case(told, MONGO, f"container env MONGO_KEY {REF} name", "orders-secret"),
    Case(told, JOB, f"container env MONGO_OPERATOR_PASSWORD {REF} name", "orders-secret"),
    Case(references, WORKER, "container env NATS_PASSWORD", told="refers to NATS_PASSWORD"),
    Case(references, WEB, "container envFrom", [], told="refers to MONGO_HOSTS"),
    Case(references, REDIS, "container env REDIS_LIMITS", told="refers to REDIS_LIMITS"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_secret_that_goes_astray_is_told(case: Case) -> None:
    assert case.is_told("dev")


def test_a_secret_in_git_is_told() -> None:
    secret = {"kind": "Secret", "metadata": {"name": "jwt-secret"}, "data": {"JWT_KEY": "eA=="}}
    assert list(told([secret])) == ["Secret jwt-secret is in git"]


def test_a_variable_that_comes_after_its_use_is_told() -> None:
    env = [{"name": "URL", "value": "x://$(LATER)"}, {"name": "LATER", "value": "y"}]
    spec = {"containers": [{"env": env}]}
    pod = {"kind": "Job", "metadata": {"name": "a"}, "spec": {"template": {"spec": spec}}}
    assert list(references([pod])) == ["Job a has URL before LATER"]


def test_every_rule_for_secrets_has_a_case() -> None:
    assert set(secret_rules.RULES) == {case.rule for case in CASES}

"""The rules for production, and Kubernetes' schemas, see what they are there for."""

import kubernetes_validate
import pytest

from ticketing.deploy.tests import production_rules
from ticketing.deploy.tests.breaking import Case
from ticketing.deploy.tests.manifests import find, render
from ticketing.deploy.tests.production_rules import (
    drained_one_by_one,
    encrypted,
    images,
    several,
    spread,
    unshared,
)

WEB, WORKER = "Deployment auth-web", "Deployment tickets-worker"
MONGO, NATS, BUDGET = "StatefulSet orders-mongo", "StatefulSet nats", "PodDisruptionBudget nats"
SCALER, ALL_ZEROS = "HorizontalPodAutoscaler auth-web", f"auth@sha256:{'0' * 64}"

CASES = [
    Case(images, MONGO, "container image", "mongo:8.0"),
    Case(images, MONGO, "container image", ALL_ZEROS),
    Case(several, MONGO, "spec replicas", 2),
    Case(several, WORKER, "spec replicas", 1),
    Case(several, WEB, "spec replicas", 3, told=f"{WEB} would be set back"),
    Case(several, SCALER, "spec minReplicas", 1, told=WEB),
    Case(several, SCALER, "", told=WEB),
    Case(drained_one_by_one, BUDGET, "", told=NATS),
    Case(drained_one_by_one, BUDGET, "spec maxUnavailable", 2, told=NATS),
    Case(drained_one_by_one, BUDGET, "spec selector", {}, told=MONGO),
    Case(spread, MONGO, "pod topologySpreadConstraints 0"),
    Case(spread, MONGO, "pod topologySpreadConstraints 1 minDomains"),
    Case(spread, NATS, "pod topologySpreadConstraints 1 whenUnsatisfiable", "ScheduleAnyway"),
    Case(spread, WEB, "pod topologySpreadConstraints 0 matchLabelKeys", []),
    Case(encrypted, "Ingress streams", "spec tls"),
    Case(encrypted, "Ingress gateway", "metadata annotations", {}, told="certificates"),
    Case(unshared, "Deployment tickets-web", "container env JWT_KEYS_URL name", "JWT_KEY"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_would_not_last_is_told(case: Case) -> None:
    assert case.is_told("production")


def test_every_rule_for_production_has_a_case() -> None:
    assert set(production_rules.RULES) == {case.rule for case in CASES}


def test_a_field_that_kubernetes_does_not_know_is_told() -> None:
    deployment = find(render("production"), WEB)
    deployment["spec"]["template"]["spec"]["containers"][0]["readinesProbe"] = {}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(deployment, "1.32", strict=True)

"""The rules for pods see what they are there for."""

import pytest

from ticketing.deploy.tests import pod_rules
from ticketing.deploy.tests.breaking import Case
from ticketing.deploy.tests.pod_rules import (
    alone_on_its_node,
    graceful,
    locked,
    measured,
    probed,
    rolled,
    simple,
)

WEB, WORKER, STREAMS = (
    "Deployment auth-web",
    "Deployment orders-worker",
    "Deployment client-streams",
)
SCHEDULER, STAND_IN = "Deployment expiration-scheduler", "Deployment stripe-fake"
NATS, REDIS, JOB = "StatefulSet nats", "StatefulSet expiration-redis", "Job auth-mongo-initiate"
NODE_FILES = [{"name": "node", "hostPath": {"path": "/"}}]

CASES = [
    Case(locked, WEB, "pod automountServiceAccountToken"),
    Case(locked, JOB, "pod enableServiceLinks", True),
    Case(locked, NATS, "pod securityContext"),
    Case(locked, NATS, "pod securityContext runAsNonRoot", False),
    Case(locked, NATS, "pod securityContext runAsUser", 0),
    Case(locked, NATS, "pod securityContext seccompProfile"),
    Case(locked, WEB, "container securityContext allowPrivilegeEscalation", True),
    Case(locked, WEB, "container securityContext readOnlyRootFilesystem"),
    Case(locked, WEB, "container securityContext capabilities", {"drop": ["NET_RAW"]}),
    Case(locked, WEB, "container securityContext privileged", True),
    Case(locked, WEB, "container securityContext runAsUser", 0),
    Case(alone_on_its_node, WEB, "pod hostNetwork", True),
    Case(alone_on_its_node, WEB, "pod volumes", NODE_FILES),
    Case(alone_on_its_node, NATS, "container volumeMounts data mountPath", "/tmp"),
    Case(alone_on_its_node, NATS, "container ports nats hostPort", 4222),
    Case(measured, JOB, "container resources requests cpu", told=f"{JOB} mongo-initiate has no"),
    Case(measured, WEB, "container resources requests memory"),
    Case(measured, WEB, "container resources limits cpu"),
    Case(measured, WEB, "container resources limits memory"),
    Case(probed, REDIS, "container startupProbe"),
    Case(probed, REDIS, "container readinessProbe"),
    Case(probed, REDIS, "container livenessProbe"),
    Case(probed, WORKER, "container readinessProbe httpGet path", "/healthz"),
    Case(probed, NATS, "container ports monitor name", "other"),
    Case(graceful, STREAMS, "container livenessProbe failureThreshold", 3),
    Case(graceful, WEB, "container livenessProbe failureThreshold"),
    Case(graceful, WEB, "container lifecycle", told=f"{WEB} stops while"),
    Case(graceful, WEB, "pod terminationGracePeriodSeconds", 30, told=f"{WEB} is killed"),
    Case(graceful, WORKER, "pod terminationGracePeriodSeconds", 20),
    Case(rolled, SCHEDULER, "spec strategy"),
    Case(rolled, SCHEDULER, "spec replicas", 2),
    Case(rolled, STAND_IN, "spec strategy type", "RollingUpdate"),
    Case(rolled, STREAMS, "spec strategy rollingUpdate maxUnavailable", 1),
    Case(simple, WEB, "pod containers", []),
    Case(simple, NATS, "pod volumes", [], told="config"),
    Case(simple, NATS, "spec volumeClaimTemplates", [], told="data"),
    Case(simple, WEB, "container envFrom 0 configMapRef name", "nothing"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_pod_that_breaks_a_rule_is_told(case: Case) -> None:
    assert case.is_told("dev")


def test_every_rule_for_pods_has_a_case() -> None:
    assert set(pod_rules.RULES) == {case.rule for case in CASES}

"""The rules for names, variables and arrows see what they are there for."""

from collections.abc import Iterator

import pytest

from ticketing.deploy.tests import network_rules, variable_rules, wiring_rules
from ticketing.deploy.tests.breaking import Case
from ticketing.deploy.tests.manifests import Manifests
from ticketing.deploy.tests.network_rules import allowed, arrows, closed, ports
from ticketing.deploy.tests.variable_rules import (
    addresses,
    brokers,
    replica_sets,
    settings,
)
from ticketing.deploy.tests.wiring_rules import ingresses, selectors, services


def table(manifests: Manifests) -> Iterator[str]:
    yield from arrows(manifests, allowed("dev"))


AUTH, ORDERS, SERVICE = "Deployment auth-web", "Deployment orders-web", "Service auth-srv"
RQ, CLIENT = "Deployment expiration-rq", "Deployment client-web"
STAND_IN = "Deployment stripe-fake"
NATS, GATEWAY, STREAMS = "StatefulSet nats", "Ingress gateway", "Ingress streams"
DENIAL, STRIPE = "NetworkPolicy nobody", "NetworkPolicy payments-calls-stripe"
EVERYBODY = [{"podSelector": dict[str, str]()}]
INTERNET = [{"ipBlock": {"cidr": "0.0.0.0/0"}}]
ONE_SERVICE = {"matchLabels": {"app.kubernetes.io/name": "auth"}}
FROM_GATEWAY, ITS_NAME = "NetworkPolicy answers-gateway", "kubernetes.io/metadata.name"
HOLD = "ORDER_EXPIRATION_SECONDS"

CASES = [
    Case(services, SERVICE, "spec selector", {"app": "auth"}),
    Case(services, SERVICE, "spec ports http targetPort", 80),
    Case(services, NATS, "spec serviceName", "other"),
    Case(selectors, AUTH, "spec selector matchLabels", {"app.kubernetes.io/name": "orders"}),
    Case(selectors, AUTH, "spec template metadata labels", {}),
    Case(ingresses, GATEWAY, "spec rules 0 http paths 0"),
    Case(ingresses, STREAMS, "", told="Ingress gateway"),
    Case(ingresses, STREAMS, "spec rules 0 http paths 0 backend service name", "live-srv"),
    Case(ingresses, STREAMS, "spec rules 0 http paths 0 backend service port number", 80),
    Case(settings, AUTH, "container env", [], told=f"{AUTH}: missing in the environment: MONGO"),
    Case(settings, AUTH, "container env JWT_KEY", told="JWT_KEY or JWT_PRIVATE_KEY"),
    Case(settings, AUTH, "spec template metadata labels app.kubernetes.io/name", "users"),
    Case(settings, ORDERS, "container env LIMITS_REDIS_URL", told="limits"),
    Case(settings, RQ, "container env", [], told="NATS_URL"),
    Case(settings, ORDERS, f"container env {HOLD} name", "HOLD", told="does not know HOLD"),
    Case(settings, ORDERS, f"container env {HOLD} value", "soon", told=HOLD),
    Case(addresses, CLIENT, "container env AUTH_URL value", "http://users-srv:3000"),
    Case(addresses, STAND_IN, "container env STRIPE_FAKE_WEBHOOK_URL value", "http://pay-srv:3000"),
    Case(replica_sets, "StatefulSet orders-mongo", "spec replicas", 3, told="orders-web"),
    Case(brokers, NATS, "spec replicas", 3, told="no route to nats-2"),
    Case(brokers, NATS, "spec replicas", 3, told="wants 1 brokers, and there are 3"),
    Case(brokers, NATS, "container startupProbe httpGet path", "/healthz?js-server-only=true"),
    Case(closed, DENIAL, "", told="denies"),
    Case(closed, DENIAL, "spec policyTypes", ["Ingress"], told="denies"),
    Case(table, "NetworkPolicy nats-answers", "spec ingress 0 from", EVERYBODY,
         told="auth-web -> nats:4222 is not allowed"),
    Case(table, "NetworkPolicy calls-auth", "spec egress 0 to", EVERYBODY,
         told="client-web -> payments-web:3000 is not allowed"),
    Case(table, "NetworkPolicy auth-mongo-answers", "",
         told="auth-web -> auth-mongo:27017 is not answered"),
    Case(table, "NetworkPolicy calls-redis", "",
         told="expiration-rq -> expiration-redis:6379 may not be called"),
    Case(table, "NetworkPolicy calls-dns", "spec podSelector", ONE_SERVICE,
         told="orders-web -> dns:53 may not be called"),
    Case(table, STRIPE, "spec egress 0 to", INTERNET,
         told="0.0.0.0/0'}}:3000 is not allowed"),
    Case(table, STRIPE, "spec policyTypes", ["Ingress"],
         told="payments-web -> stripe-fake:3000 may not be called"),
    Case(table, STRIPE, "spec egress 0 to", told="payments-web -> everybody:3000 is not allowed"),
    Case(table, STRIPE, "spec egress 0 ports", told="payments-web -> stripe-fake:{} is not"),
    Case(table, STRIPE, "spec egress 0 ports 0 endPort", 4000, told="4000} is not allowed"),
    Case(table, STRIPE, "spec egress 0 ports 0 protocol", "UDP", told="'UDP'} is not allowed"),
    Case(table, "NetworkPolicy payments-answers-stripe-fake", "",
         told="stripe-fake -> payments-web:3000 is not answered"),
    Case(table, "NetworkPolicy stripe-fake-calls-payments", "",
         told="stripe-fake -> payments-web:3000 may not be called"),
    Case(table, FROM_GATEWAY, "spec ingress 0 from 0 podSelector",
         told="auth-web:3000 is not allowed"),
    Case(table, FROM_GATEWAY, f"spec ingress 0 from 0 namespaceSelector matchLabels {ITS_NAME}",
         "default", told="auth-web:3000 is not allowed"),
    Case(ports, "NetworkPolicy nats-answers", "spec ingress 0 ports 0 port", 4333, told=":4333"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_name_or_an_arrow_that_leads_astray_is_told(case: Case) -> None:
    assert case.is_told("dev")


def test_every_rule_for_names_and_arrows_has_a_case() -> None:
    rules = {*wiring_rules.RULES, *variable_rules.RULES, *network_rules.RULES, table}
    assert rules == {case.rule for case in CASES}

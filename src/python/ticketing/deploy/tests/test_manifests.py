"""Every overlay is valid for Kubernetes, and keeps our rules."""

import kubernetes_validate
import pytest

from ticketing.deploy.tests import (
    network_rules,
    pod_rules,
    production_rules,
    secret_rules,
    variable_rules,
    wiring_rules,
)
from ticketing.deploy.tests.manifests import (
    OVERLAYS,
    Json,
    Rule,
    containers,
    of_kind,
    render,
    title,
    variables,
    workloads,
)

LASTING = [name for name in OVERLAYS if name.startswith("production")]
WEBHOOK = "/api/payments/webhook"
RULES = (
    *pod_rules.RULES,
    *secret_rules.RULES,
    *wiring_rules.RULES,
    *variable_rules.RULES,
    *network_rules.RULES,
)
VERSIONS = ["1.30", kubernetes_validate.latest_version()]
"""The oldest that the manifests are for (a preStop that sleeps), and the newest known."""
KEDA = "keda.sh/v1alpha1"
"""Not Kubernetes' own: has no schema there."""


def invalid(object: Json, version: str) -> list[str]:
    try:
        kubernetes_validate.validate(object, version, strict=True)
    except kubernetes_validate.ValidationError as error:
        return [f"{title(object)}: {error.message}"]
    return []


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_object_is_valid(overlay: str, version: str) -> None:
    objects = [one for one in render(overlay) if one["apiVersion"] != KEDA]
    assert [said for one in objects for said in invalid(one, version)] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule.__name__))
@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_overlay_keeps_the_rules(overlay: str, rule: Rule) -> None:
    assert list(rule(render(overlay))) == []


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_exactly_the_declared_arrows_are_open(overlay: str) -> None:
    allowed = network_rules.allowed(overlay)
    assert list(network_rules.arrows(render(overlay), allowed)) == []


@pytest.mark.parametrize("rule", production_rules.RULES, ids=lambda rule: str(rule.__name__))
@pytest.mark.parametrize("overlay", LASTING)
def test_production_lasts(overlay: str, rule: Rule) -> None:
    assert list(rule(render(overlay))) == []


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_all_is_in_a_namespace_that_takes_locked_pods_only(overlay: str) -> None:
    manifests = render(overlay)
    (namespace,) = of_kind(manifests, "Namespace")
    assert namespace["metadata"]["name"] == "ticketing"
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    others = [one for one in manifests if one is not namespace]
    assert {one["metadata"]["namespace"] for one in others} == {"ticketing"}


def test_on_one_machine_there_is_one_of_each_and_no_stripe() -> None:
    manifests = render("dev")
    counts = {
        one["spec"].get("replicas", 1) for one in of_kind(manifests, "Deployment", "StatefulSet")
    }
    assert counts == {1}
    hosts = {rule["host"] for one in of_kind(manifests, "Ingress") for rule in one["spec"]["rules"]}
    assert hosts == {"localhost", "stripe.localhost"}
    assert "stripe-secret" not in str(manifests)


def test_the_stand_in_sends_webhooks_to_where_payments_takes_them_and_signs_for_it() -> None:
    sent, taken = (_environment("dev", name) for name in ("stripe-fake", "payments-web"))
    assert sent["STRIPE_FAKE_WEBHOOK_URL"] == f"http://payments-srv:3000{WEBHOOK}"
    assert sent["STRIPE_WEBHOOK_SECRET"] == taken["STRIPE_WEBHOOK_SECRET"]


def _environment(overlay: str, name: str) -> dict[str, object]:
    manifests = render(overlay)
    (one,) = (one for one in workloads(manifests) if one["metadata"]["name"] == name)
    return dict(variables(manifests, containers(one)[0]))

"""What `tilt up` would do: evaluated as Tilt does it, over the manifests as they are."""

from typing import Any

import pytest
from starlark import StarlarkError

from ticketing.deploy.tests.manifests import Json, Manifests, of_kind, render, spec, workloads
from ticketing.deploy.tests.tilt import ROOT, Tilt
from ticketing.registry.declarations import services

CODE = "src/python/ticketing"


def evaluate(context: str = "kind-ticketing") -> Tilt:
    tilt = Tilt(context)
    tilt.load("Tiltfile")
    return tilt


@pytest.fixture(scope="module")
def tilt() -> Tilt:
    return evaluate()


@pytest.fixture(scope="module")
def manifests() -> Manifests:
    return render("tilt")


@pytest.fixture(scope="module")
def resources(tilt: Tilt) -> dict[str, Json]:
    """What is on Tilt's page, by name."""
    found = {each.get("workload") or each["new_name"]: each for each in tilt.named("k8s_resource")}
    return found | {each["name"]: each for each in tilt.named("local_resource")}


SERVICES = {*services(), "stripe_fake"}


def test_every_service_has_an_image_and_runs(tilt: Tilt, manifests: Manifests) -> None:
    images = {each["ref"] for each in tilt.named("custom_build")}
    assert images == {f"ticketing/{name.replace('_', '-')}" for name in SERVICES}
    assert images == {_container(each)["image"] for each in of_kind(manifests, "Deployment")}


def test_everything_in_the_manifests_belongs_to_a_resource(
    tilt: Tilt, manifests: Manifests, resources: dict[str, Json]
) -> None:
    grouped = {name for each in tilt.named("k8s_resource") for name in each.get("objects", [])}
    for each in manifests:
        kind, name = each["kind"], each["metadata"]["name"]
        if each in workloads(manifests):
            assert name in resources
        elif kind != "Service":
            assert f"{name}:{kind}" in grouped


def test_every_resource_stands_under_a_label(resources: dict[str, Json]) -> None:
    labels = {each["labels"] for each in resources.values()}
    assert labels == {"infra", "backend", "frontend", "buttons"}


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_pants_makes_an_image_of_the_service_and_common(tilt: Tilt, service: str) -> None:
    image = _image(tilt, service)
    name = service.replace("_", "-")
    assert image["command"] == (
        f"./pants package src/docker:{name} && docker tag ticketing/{name}:latest $EXPECTED_REF"
    )
    assert {f"{CODE}/common", f"{CODE}/{service}", "3rdparty/python/requirements.lock"} < {
        *image["deps"]
    }
    assert [path for path in image["deps"] if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_new_code_goes_to_where_the_pods_of_the_service_run_it(
    tilt: Tilt, manifests: Manifests, service: str
) -> None:
    image = _image(tilt, service)
    fall_back, *syncs, run = image["live_update"]
    assert all((ROOT / path).is_file() for path in fall_back["files"])
    assert [(each["local_path"], each["remote_path"]) for each in syncs] == [
        (f"{CODE}/{folder}", f"/live/ticketing/{folder}") for folder in ("common", service)
    ]
    assert run["cmd"] == "kill -HUP 1"
    pods = [_container(each) for each in of_kind(manifests, "Deployment")]
    for container in (each for each in pods if each["image"] == image["ref"]):
        assert container["command"] == ["/app/bin/python", "/live-tools/restart.py", "/live"]


def test_live_update_takes_nothing_from_the_pods(manifests: Manifests) -> None:
    tilt = {each["metadata"]["name"]: each for each in of_kind(manifests, "Deployment")}
    for dev in of_kind(render("dev"), "Deployment"):
        live = tilt[dev["metadata"]["name"]]
        added = {"live", "live-tools"}
        assert _names(spec(live), "volumes") == _names(spec(dev), "volumes") | added
        mounts = _names(_container(dev), "volumeMounts")
        assert _names(_container(live), "volumeMounts") == mounts | added
        assert _container(live).get("args") == _container(dev).get("args")


def test_nothing_starts_before_what_it_needs(resources: dict[str, Json]) -> None:
    def stage(name: str, within: tuple[str, ...] = ()) -> int:
        assert name not in within, f"{within} wait for each other"
        needed = resources[name].get("resource_deps", [])
        return 1 + max((stage(each, (*within, name)) for each in needed), default=-1)

    infra = ["configuration", "secrets", "orders-mongo", "orders-mongo-initiate"]
    order = [*infra, "orders-worker", "client-web", "gateway"]
    assert [stage(name) for name in order] == [*range(len(order))]
    assert stage("ingress-nginx") == 0


def test_what_is_for_the_asking_does_not_hold_up_the_start(resources: dict[str, Json]) -> None:
    """Nor the end of `tilt ci`, which waits for all that starts by itself."""
    for name in ("demo-data", "tests"):
        assert resources[name]["auto_init"] is False
        assert resources[name]["trigger_mode"] == "manual"
        assert resources[name]["allow_parallel"] is True


@pytest.mark.parametrize(
    "context", ["kind-kind", "k3d-ticketing", "minikube", "docker-desktop", "rancher-desktop"]
)
def test_local_clusters_are_served_as_named(context: str) -> None:
    commands = "\n".join(_commands(evaluate(context)))
    assert commands.count("kubectl ") == commands.count(f"kubectl --context {context} ") > 0
    assert f"src/k8s/make-secrets --context={context}\n" in commands


@pytest.mark.parametrize("context", ["", "production", "gke_shop_europe-west1_kind", "kubernetes"])
def test_other_clusters_are_refused_before_anything_is_done(context: str) -> None:
    tilt = Tilt(context)
    with pytest.raises(StarlarkError, match="not that of a local cluster") as refusal:
        tilt.load("Tiltfile")
    assert f'"{context}"' in str(refusal.value)
    assert tilt.calls == []


def _commands(tilt: Tilt) -> list[str]:
    return [each.get("cmd") or each["serve_cmd"] for each in tilt.named("local_resource")]


def _image(tilt: Tilt, service: str) -> Json:
    ref = f"ticketing/{service.replace('_', '-')}"
    (image,) = (each for each in tilt.named("custom_build") if each["ref"] == ref)
    return image


def _container(workload: Json) -> Json:
    (container,) = spec(workload)["containers"]
    return dict(container)


def _names(holder: Json, what: str) -> set[Any]:
    return {each["name"] for each in holder.get(what, [])}

"""How to run the parts that are not ours: broker, stores, gateway."""

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from ticketing.local import caddyfile, probes, secantusd
from ticketing.local.data_directory import DataDirectory
from ticketing.local.ports import Ports
from ticketing.local.process import Part, Stage
from ticketing.registry import access
from ticketing.registry.declarations import stores

# Never all of our own environment: it may hold secrets that are nobody else's business.
INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "LD_LIBRARY_PATH")


def nats(data: DataDirectory, ports: Ports) -> Part:
    port, monitor = ports.take(), ports.take()
    store = json.dumps(str(data.directory("nats")))
    passwords = {
        f"NATS_{user.upper()}": data.password("nats", user)
        for user in (*access.published(), access.OPERATOR)
    }
    config = data.write(
        "nats.conf",
        f'listen: "127.0.0.1:{port}"\n'
        f'http: "127.0.0.1:{monitor}"\n'
        f'jetstream {{ store_dir: {store}, sync_interval: "always" }}\n' + access.nats_users(),
    )
    return Part(
        name="nats",
        command=(program("nats-server"), "--config", str(config)),
        environment=inherited() | passwords,
        port=port,
        is_ready=probes.http(monitor, "/healthz"),
    )


def redis(data: DataDirectory, ports: Ports) -> Part:
    port = ports.take()
    options = {
        "bind": "127.0.0.1",
        "port": str(port),
        "dir": str(data.directory("redis")),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",  # the append-only file is all: no snapshots beside it
    }
    arguments = (part for name, value in options.items() for part in (f"--{name}", value))
    return Part(
        name="redis",
        command=(program("redis-server"), *arguments, *_redis_users(data)),
        environment=inherited(),
        port=port,
        is_ready=probes.redis(port),
    )


def _redis_users(data: DataDirectory) -> Iterator[str]:
    """As arguments, which anybody on the machine can read: with hashes in place of passwords."""
    passwords = {user: data.password("redis", user).encode() for user in access.REDIS}
    return access.redis_users(
        {user: f"#{hashlib.sha256(each).hexdigest()}" for user, each in passwords.items()}
    )


def mongo(data: DataDirectory, ports: Ports) -> Part:
    """A `mongod` of the machine where there is one, else SecantusDB, each with its own files."""
    port = ports.take()
    mongod = shutil.which("mongod")
    users = {user: data.password("mongo", user) for user in (*stores(), access.OPERATOR)}
    return Part(
        name="mongo",
        command=_mongod(mongod, data, port) if mongod else _secantus(data, port),
        environment=inherited() | {"PYTHONPATH": python_path(), secantusd.USERS: json.dumps(users)},
        port=port,
        is_ready=probes.mongo(port),
    )


def _mongod(mongod: str, data: DataDirectory, port: int) -> tuple[str, ...]:
    files = str(data.directory("mongod"))
    command = (mongod, "--bind_ip", "127.0.0.1", "--nounixsocket")
    return (*command, "--port", str(port), "--dbpath", files)


def _secantus(data: DataDirectory, port: int) -> tuple[str, ...]:
    # With a file of our own it does not go looking for one in the machine's usual places.
    config = data.write("secantus.toml", "")
    server = (sys.executable, "-m", "ticketing.local.secantusd")
    command = (*server, "--config", str(config), "--host", "127.0.0.1")
    files = str(data.directory("mongo"))
    return (*command, "--port", str(port), "--storage-path", files, "--sync-on-commit", "--auth")


def gateway(data: DataDirectory, ports: Ports, port: int, routes: Mapping[str, int]) -> Part:
    own_port = ports.take()
    config = data.write("Caddyfile", caddyfile.text(port=port, own_port=own_port, routes=routes))
    home = str(data.directory("gateway"))
    homes = {"HOME": home, "XDG_CONFIG_HOME": home, "XDG_DATA_HOME": home}
    return Part(
        name="gateway",
        command=(program("caddy"), "run", "--adapter", "caddyfile", "--config", str(config)),
        environment=inherited() | homes,
        port=port,
        is_ready=probes.http(own_port, "/"),
        stage=Stage.GATEWAY,
    )


def program(name: str) -> str:
    """The one from the wheels of this environment, whatever else is on PATH."""
    return str(Path(sys.prefix) / "bin" / name)


def inherited() -> dict[str, str]:
    return {name: os.environ[name] for name in INHERITED if name in os.environ}


def python_path() -> str:
    """Our own import path, which Pants sets inside the process and children would not inherit."""
    return os.pathsep.join(os.path.abspath(entry) for entry in sys.path)

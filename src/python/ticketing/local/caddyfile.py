"""The gateway's configuration: which path goes to which port."""

ERROR = '{{"errors":[{{"message":"{}"}}]}}'

# Refused here, before a service is asked: one that answers without reading a long body to its end
# would break the connection under the gateway's hands.
MAX_BODY = 64 * 1024
LENGTH = "{header.Content-Length}"
OVER = f"""	@over expression `{LENGTH} != "" && int({LENGTH}) > {MAX_BODY}`
"""

# One upstream per service, started again by us: no health checks, the gateway just tries again
# for some seconds. Logs to stderr, the runner's log file.
GLOBALS = """{
	admin off
	auto_https off
	persist_config off
	default_bind 127.0.0.1
	grace_period 5s
	servers {
		protocols h1
		timeouts {
			read_header 10s
			read_body 30s
		}
	}
}
"""


def text(port: int, own_port: int, status_port: int, routes: dict[str, int]) -> str:
    """`own_port` answers 200 for the gateway itself; `status_port` knows about all the rest."""
    handlers = [_route("/healthz", status_port)]
    handlers += [_route(f"{path} {path}/*", service) for path, service in routes.items()]
    return (
        f"{GLOBALS}\n"
        f"http://:{own_port} {{\n\trespond 200\n}}\n\n"
        f"http://:{port} {{\n{OVER}{''.join(handlers)}{_not_found()}{_failure()}}}\n"
    )


def _route(paths: str, port: int) -> str:
    name = "@" + paths.split()[0].strip("/").replace("/", "_")
    return f"""	{name} path {paths}
	handle {name} {{
		error @over 413
		request_body {{
			max_size {MAX_BODY}
		}}
		reverse_proxy 127.0.0.1:{port} {{
			request_buffers {2 * MAX_BODY}
			flush_interval -1
			lb_try_duration 3s
		}}
	}}
"""


def _not_found() -> str:
    return f"""	handle {{
		header Content-Type application/json
		respond `{ERROR.format("Not Found!")}` 404
	}}
"""


def _failure() -> str:
    return f"""	handle_errors 413 {{
		header Content-Type application/json
		respond `{ERROR.format("The body must not be over 64 KiB")}` 413
	}}
	handle_errors {{
		header Content-Type application/json
		respond `{ERROR.format("Something went wrong")}` {{err.status_code}}
	}}
"""

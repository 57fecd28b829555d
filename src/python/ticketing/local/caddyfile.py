"""The gateway's configuration: which path goes to which port."""

from collections.abc import Mapping
from string import Template

from ticketing.common.web.protection import HEADERS

# Where a page would be, when the process that makes pages gives no answer.
PAGE = (
    '<!doctype html><html lang="en"><meta name="viewport" content="width=device-width">'
    "<title>Ticketing</title><h1>{args[2]}</h1>"
    '<p>Please go back, or <a href="/">to the tickets</a>, and try again in a moment.</p></html>'
)

# One upstream per service, started again by us: instead of health checks, the gateway just tries
# again for some seconds. A long body is refused here, before a service is asked: one that answers
# without reading it to its end would break the connection under the gateway's hands. A service gets
# a request when all of it is here: slow visitors hold none of its threads. What a visitor says of
# the own address is dropped by default, and so is every header with an underscore: to a WSGI server
# X_Forwarded_For is another name of X-Forwarded-For.
CADDYFILE = Template("""{
	admin off
	auto_https off
	persist_config off
	default_bind 127.0.0.1
	grace_period 5s
	servers {
		protocols h1
		max_header_size 16KB
		timeouts {
			read_header 10s
			read_body 30s
			idle 2m
		}
	}
}

(headers) {
$headers
	header -Server
}

(json_error) {
	header Content-Type application/json
	respond `{"errors":[{"code":"{args[1]}","message":"{args[2]}"}]}` {args[0]}
}

(failure) {
	@api path /api /api/*
	handle @api {
		import json_error {args[0]} {args[1]} "{args[2]}"
	}
	handle {
		header Content-Type "text/html; charset=utf-8"
		respond `$page` {args[0]}
	}
}

(upstream) {
	error @long 413
	request_body {
		max_size 65536
	}
	reverse_proxy 127.0.0.1:{args[0]} {
		request_buffers 131072
		flush_interval -1
		lb_try_duration 3s
		transport http {
			dial_timeout 3s
			response_header_timeout 2m
		}
	}
}

# Answers for the gateway itself.
http://:$own_port {
	respond 200
}

http://:$port {
	import headers
	@long expression `{header.Content-Length} != "" && int({header.Content-Length}) > 65536`
$routes
	@documents path /api/docs /api/docs/* /api/openapi.json
	handle @documents {
		encode zstd gzip
		import upstream $pages
	}

	@nowhere path /api /api/*
	handle @nowhere {
		import json_error 404 not_found "Not Found!"
	}

	# All else are pages. Streams are not compressed: an event would wait for the next.
	handle {
		encode zstd gzip
		import upstream $pages
	}
	handle_errors 413 {
		import headers
		import failure 413 body_too_long "The body must not be over 64 KiB"
	}
	handle_errors {
		import headers
		import failure {err.status_code} internal_error "Something went wrong"
	}
}
""")
ROUTE = Template("""
	@$name path $path $path/*
	handle @$name {
		import upstream $port
	}
""")


def text(*, port: int, own_port: int, routes: Mapping[str, int]) -> str:
    """`own_port` answers 200 when the gateway itself is up; `routes` leads paths to ports, with "/"
    for all that have no other.
    """
    blocks = [
        ROUTE.substitute(name=path.strip("/").replace("/", "_"), path=path, port=upstream)
        for path, upstream in routes.items()
        if path != "/"
    ]
    return CADDYFILE.substitute(
        own_port=own_port,
        port=port,
        routes="".join(blocks),
        pages=routes["/"],
        page=PAGE,
        # Where the answer has none of its own: what the gateway says itself is as safe as the rest.
        headers="\n".join(f'\theader ?{name} "{value}"' for name, value in HEADERS.items()),
    )

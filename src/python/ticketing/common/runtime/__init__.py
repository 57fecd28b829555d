"""A service as a process: its parts, its Flask application, and the commands `web` and `worker`.

`main.build` of each service makes a `Service` from the environment. The web process answers HTTP
and never talks to the broker; the worker relays, consumes and does what is due by the clock.
"""

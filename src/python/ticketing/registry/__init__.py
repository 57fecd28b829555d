"""Which services there are: one `service.toml` beside the code of each says what it is.

`services()` reads them all, `consumers()` those who listen from outside. Whatever runs, deploys,
tests or documents services asks here; what the code says already is asked of the code (`programs`).
`main` renders the declarations to where Kubernetes and Pants read them.
"""

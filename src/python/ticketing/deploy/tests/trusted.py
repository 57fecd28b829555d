"""Pods that may do what no declaration alone is to open: kept by hand, and short."""

ON_THE_INTERNET = {"payments-web", "payments-worker"}
"""They may call what is not ours."""
SIGNER = "auth-web"
"""It alone has the key that signs tokens, and shows its public half."""

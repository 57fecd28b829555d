"""What no declaration alone is to open: kept by hand, and short."""

ON_THE_INTERNET = {"payments-web", "payments-worker"}
"""They may call what is not ours."""
SIGNER = "auth-web"
"""It alone has the key that signs tokens, and shows its public half."""
FROM_OUTSIDE = {
    ("stripe-secret", "STRIPE_KEY"): {"payments-web", "payments-worker"},
    ("stripe-secret", "STRIPE_WEBHOOK_SECRET"): {"payments-web"},
    ("stripe-secret", "STRIPE_PUBLISHABLE_KEY"): {"client-web"},
}
"""Who knows secrets that others made, by Secret and key."""

"""What to do first, printed when the platform is ready."""


def text(url: str) -> str:
    """The address, and the two sides of the market."""
    return "\n".join(
        [
            f"\nTicketing is ready. Open  {url}  in a browser. (Ctrl-C stops it.)\n",
            "  To sell: sign up and list a ticket.",
            "  To buy:  sign up as somebody else, in a private window, and pay with a test card.\n",
        ]
    )

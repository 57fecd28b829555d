"""Style, scripts and pictures, under an address that holds a hash of their content."""

import hashlib
from importlib.resources import files

from flask import Flask, Response
from werkzeug.exceptions import NotFound

TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
FOR_EVER = "public, max-age=31536000, immutable"


class Assets:
    """The files of `static/`. All share one hash, so that scripts can import each other."""

    def __init__(self) -> None:
        folder = files("ticketing.client").joinpath("static")
        self._files = {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}
        content = b"".join(
            name.encode() + b"\0" + self._files[name] + b"\0" for name in sorted(self._files)
        )
        self._hash = hashlib.sha256(content).hexdigest()[:12]

    def init_app(self, app: Flask) -> None:
        """Serve the files, and give templates `asset(name)`."""
        app.add_url_rule("/assets/<hash>/<name>", "asset", self.serve)
        app.add_url_rule("/favicon.ico", "favicon", lambda: self.serve("", "logo.svg"))
        app.jinja_env.globals["asset"] = self.url

    def url(self, name: str) -> str:
        """The file's address; it changes whenever any file does."""
        assert name in self._files, name
        return f"/assets/{self._hash}/{name}"

    def serve(self, hash: str, name: str) -> Response:
        """The file; one asked for under an old hash is today's, and not to be kept."""
        if name not in self._files:
            raise NotFound
        response = Response(self._files[name], mimetype=TYPES[name.rpartition(".")[2]])
        response.headers["Cache-Control"] = FOR_EVER if hash == self._hash else "no-cache"
        return response

"""Serves the gallery on a port of this machine."""

from __future__ import annotations

import os
import sys
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

os.environ["DJANGO_SETTINGS_MODULE"] = "look_gallery.settings"

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.wsgi import get_wsgi_application


class Server(ThreadingMixIn, WSGIServer):
    """One thread a request, so that a page's styles come together."""

    daemon_threads = True


class Quiet(WSGIRequestHandler):
    """Says nothing of each request."""

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


if __name__ == "__main__":
    application = StaticFilesHandler(get_wsgi_application())
    server = make_server("127.0.0.1", int(sys.argv[1]), application, Server, Quiet)
    print(f"ready http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()

"""A web site for ADD and `import`: what it answers stands in the URL that it is asked for.

The first part of the path is the content.  The query may tell more: `status`, `modified` (a date),
`called` (a name), `to` (elsewhere), `gzip`, `endless` (no length told) and `lost` (bytes that never come).
"""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

from labimg.registry.wire import Request, Response


class Site:
    """Answers requests, and counts them."""

    def __init__(self) -> None:
        self.asked: list[Request] = []

    def handle(self, request: Request) -> Response:
        """What the URL says."""
        self.asked.append(request)
        query = request.query
        body = unquote(urlsplit(request.url).path.split("/")[1] if "/" in request.path else "").encode()
        headers = {"Content-Length": str(len(body) + int(query.get("lost", "0")))}
        if "gzip" in query:
            body = gzip.compress(body, mtime=0)
            headers = {"Content-Encoding": "gzip", "Content-Length": str(len(body))}
        if "endless" in query:
            del headers["Content-Length"]
        if "modified" in query:
            headers["Last-Modified"] = query["modified"]
        if "called" in query:
            headers["Content-Disposition"] = f'attachment; filename="{query["called"]}"'
        if "to" in query:
            headers["Location"] = query["to"]
        return Response(int(query.get("status", "200")), headers, body)


@contextmanager
def opened(site: Site) -> Iterator[str]:
    """Put a site on a socket of this machine; give its address."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = site.handle(Request("GET", self.path, dict(self.headers)))
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.read())

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()

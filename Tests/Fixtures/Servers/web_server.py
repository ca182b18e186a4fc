"""Pages of the web, good and bad, for the tests of the tools that read them.

Prints its port and serves 127.0.0.1 until it is ended. The first part of the path says what comes.
"""

import http.server
import json
import time
import urllib.parse
import zlib

PAGE = """<!DOCTYPE html><html><head><title>A &amp; B</title><style>p { color: red }</style></head><body>
<nav><a href="/">Home</a></nav><h1>Größe</h1><p>One <a href="two?a=1&amp;b=2">link</a>.</p>
<script>alert("no")</script></body></html>"""
GIF = b"GIF89a\x02\x00\x03\x00\x80\x00\x00"

# Path to content type and body; a type of None is none.
PAGES = {
    "page": ("text/html; charset=utf-8", PAGE.encode()),
    "latin": ("text/html; charset=ISO-8859-1", "<p>Größe</p>".encode("latin-1")),
    "meta": ("text/html", "<meta charset=windows-1252><p>10 € “now”</p>".encode("windows-1252")),
    "unsaid": ("text/html", "<p>Größe</p>".encode("latin-1")),
    "wrong": ("text/plain; charset=utf-8", "Größe".encode("latin-1")),
    "sjis": ("text/html; charset=Shift_JIS", "<p>日本</p>".encode("shift_jis")),
    "utf16": ("text/plain", "Größe".encode("utf-16")),
    "json": ("application/json", b'{"a": [1, 2]}'),
    "text": ("text/plain", b"<b> & plain\n"),
    "gif": ("image/gif", GIF),
    "bmp": ("image/bmp", b"BM\x00\x00"),
    "pdf": ("application/pdf", b"%PDF-1.7"),
    "octets": ("application/octet-stream", b"\x00\x01"),
    "zeros": ("text/plain", b"a\x00b"),
    "nothing": (None, b"plain\n"),
    "sniffed": (None, b"<!doctype html><p>found</p>"),
    "unknown": (None, b"\x00\x01"),
    "empty": ("text/plain", b""),
    "long": ("text/plain", "".join(f"{line:06} é\n" for line in range(4000)).encode()),
    "results": ("application/json", json.dumps({"query": "q", "results": [
        {"title": f"Title {n}\n here", "url": f"https://example.com/{n}", "content": "Words " * 100} for n in range(30)
    ]}).encode()),
    "none": ("application/json", b'{"results": []}'),
}


class Pages(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body, *headers):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        self.body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self.do_GET()

    def do_GET(self):
        name, _, rest = self.path[1:].partition("/")
        name = name.partition("?")[0]
        if name in PAGES:
            kind, body = PAGES[name]
            return self.answer(200, body, *([("Content-Type", kind)] if kind else []))
        getattr(self, name)(rest)

    def to(self, rest):
        self.answer(302, b"", ("Location", urllib.parse.unquote(rest)))

    def chain(self, rest):
        left = int(rest)
        if left:
            return self.answer(301, b"", ("Location", f"{left - 1}"))
        self.answer(200, b"there", ("Content-Type", "text/plain"))

    def status(self, rest):
        self.answer(int(rest), b"<title>No</title><p>Not &lt;here&gt;.", ("Content-Type", "text/html"))

    def bomb(self, _):
        packer = zlib.compressobj(wbits=31)
        body = packer.compress(bytes(20_000_000)) + packer.flush()
        self.answer(200, body, ("Content-Type", "text/html"), ("Content-Encoding", "gzip"))

    def huge(self, _):
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.end_headers()
        try:
            while True:
                self.wfile.write("éé".encode() * 10_000)
        except OSError:
            self.close_connection = True

    def hang(self, _):
        time.sleep(600)

    def drip(self, _):
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.end_headers()
        try:
            while True:
                self.wfile.write(b"x")
                time.sleep(0.02)
        except OSError:
            self.close_connection = True

    def echo(self, _):
        """What was asked, as a result of a search."""
        told = {"title": self.command, "url": self.path, "content": getattr(self, "body", "")}
        told["content"] += " " + (self.headers.get("X-Key") or self.headers.get("Authorization") or "no key")
        self.answer(200, json.dumps({"found": {"here": [told]}}).encode(), ("Content-Type", "application/json"))

    def refuse(self, _):
        said = f"The key {self.headers.get('X-Key')} is wrong."
        self.answer(401, said.encode(), ("Content-Type", "text/plain"))


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
server.daemon_threads = True
print(server.server_address[1], flush=True)
server.serve_forever()

"""A server of the Model Context Protocol over HTTP, of 2025-11-25, and what one can do wrong: by the path.

Prints its port and serves 127.0.0.1 until it is ended. /log answers what was asked so far.
"""

import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LOG = []
TOOLS = [{"name": "echo", "inputSchema": {"type": "object"}}, {"name": "hang", "inputSchema": {"type": "object"}}]
SESSIONS = {"count": 0, "live": set()}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def note(self, what):
        names = ["mcp-session-id", "mcp-protocol-version", "last-event-id"]
        seen = [f"{name}={self.headers[name]}" for name in names if self.headers[name]]
        LOG.append(" ".join([self.command, what] + seen))

    def reply(self, status, body=b"", kind="application/json", **headers):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def give(self, message, result, **headers):
        text = json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result})
        self.reply(200, text.encode(), **headers)

    def events(self, *events):
        """A stream that ends after these, each a pair of an identifier and a message."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(b"retry: 10\n\n")
        for name, message in events:
            data = json.dumps({"jsonrpc": "2.0", **message}) if message else ""
            self.wfile.write(f"id: {name}\ndata: {data}\n\n".encode())
        self.close_connection = True

    def do_GET(self):
        if self.path == "/log":
            return self.reply(200, "\n".join(LOG).encode(), "text/plain")
        self.note("stream")
        last = self.headers["last-event-id"]
        if self.path == "/broken" and last:
            number = int(last.split("-")[0])
            if last.endswith("-0"):
                return self.events((f"{number}-1", None))
            text = {"content": [{"type": "text", "text": "taken up again"}]}
            return self.events((f"{number}-2", {"id": number, "result": text}))
        self.reply(405)

    def do_DELETE(self):
        self.note("end")
        SESSIONS["live"].discard(self.headers["mcp-session-id"])
        self.reply(204)

    def do_POST(self):
        message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        method = message.get("method", "answer")
        self.note(method)
        if self.path == "/closed" and self.headers["Authorization"] != "Bearer hush":
            return self.reply(401, b"who are you?", "text/plain")
        if self.path == "/moved":
            return self.reply(307, Location="https://elsewhere.example/mcp")
        if self.path == "/sick":
            return self.reply(503, b"<h1>Down</h1>", "text/html")
        if self.path == "/html":
            return self.reply(200, b"<h1>Sign in</h1>", "text/html")
        if "id" not in message or "method" not in message:
            if method == "answer":
                LOG.append(json.dumps(message["result"]))
            return self.reply(202)
        if method == "server/discover":
            return self.reply(400, b"Bad Request: Missing session ID", "text/plain")
        if method == "initialize":
            SESSIONS["count"] += 1
            name = f"s{SESSIONS['count']}"
            SESSIONS["live"].add(name)
            return self.give(message, {
                "protocolVersion": "2025-11-25", "capabilities": {"tools": {}},
                "serverInfo": {"name": "fake", "version": "1"},
            }, Mcp_Session_Id=name)
        if self.headers["mcp-session-id"] not in SESSIONS["live"]:
            return self.reply(404, b"no session", "text/plain")
        if method == "tools/list":
            return self.give(message, {"tools": TOOLS})
        self.call(message)

    def call(self, message):
        number, arguments = message["id"], message["params"]["arguments"]
        text = {"content": [{"type": "text", "text": str(arguments.get("text"))}]}
        if message["params"]["name"] == "hang":
            return time.sleep(600)
        if arguments.get("forget"):
            SESSIONS["live"].clear()
        if self.path == "/stream":
            token = message["params"]["_meta"]["progressToken"]
            news = {"method": "notifications/progress", "params": {"progressToken": token, "progress": 1}}
            roots = {"id": 1, "method": "roots/list", "params": {}}
            return self.events(("1", None), ("2", news), ("3", roots), ("4", {"id": number, "result": text}))
        if self.path == "/broken":
            return self.events((f"{number}-0", None))
        if self.path == "/lost":
            return self.events()
        self.give(message, text)


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print(server.server_address[1], flush=True)
server.serve_forever()

"""Takes messages over HTTP for the tests: prints its port, then a line of JSON for each request.

    hook_server.py SECRET

Says of each whether it is signed with SECRET by the scheme of Standard Webhooks.
"""

import base64
import hashlib
import hmac
import http.server
import json
import sys

KEY = base64.b64decode(sys.argv[1].removeprefix("whsec_"))


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        signed = b".".join([self.headers.get(name, "").encode() for name in ("webhook-id", "webhook-timestamp")] + [body])
        code = base64.b64encode(hmac.digest(KEY, signed, hashlib.sha256)).decode()
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()
        record = {"path": self.path, "body": json.loads(body), "authorization": self.headers.get("authorization", ""),
                  "signed": self.headers.get("webhook-signature") == f"v1,{code}"}
        print(json.dumps(record), flush=True)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()

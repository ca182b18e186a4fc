import Foundation
import PipelineKit

/// A small server in Python, and what it is asked for.
enum ServedProject {
    /// Listens at the port it is given, unless its files say otherwise.
    static let files = ["app.py": source]

    private static let source = #"""
        import http.server, json, os, sys, time

        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self, status, body, kind="application/json", **headers):
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            def do_GET(self):
                if self.path == "/users":
                    users = {"users": [{"name": "ann", "age": 36}, {"name": "bob", "age": 41.5}], "total": 2}
                    self.answer(200, json.dumps(users).encode(), "application/json; charset=utf-8")
                elif self.path == "/moved":
                    self.answer(302, b"", Location="/users")
                elif self.path == "/text":
                    self.answer(200, b"version 1.2.3\n", "text/plain")
                elif self.path == "/slow":
                    time.sleep(30)
                elif self.path == "/garbage":
                    self.wfile.write(b"\0\1garbage\r\n\r\n")
                elif self.path == "/huge":
                    self.answer(200, b"x" * (11 << 20), "text/plain")
                elif self.path == "/die":
                    print("out of memory", flush=True)
                    os._exit(3)
                else:
                    self.answer(404, b'{"error": "no such place"}')

            do_HEAD = do_GET

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                kind = self.headers["Content-Type"]
                self.answer(201, json.dumps({"got": body.decode(), "type": kind}).encode(), X_Key=self.headers["X-Key"] or "")

            def log_message(self, *words):
                pass

        print("starting", flush=True)
        http.server.ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
        """#

    /// The command line that starts it.
    static func start() throws -> String { "exec \(try PythonProject.python()) -B app.py" }

    /// Settings that start it and ask this.
    static func settings(_ endpoints: [JSONValue], _ more: JSONValue = [:]) throws -> JSONValue {
        let members: JSONValue = ["start": .string(try start()), "endpoints": .array(endpoints)]
        return .object(members.members.merging(more.members) { $1 })
    }
}

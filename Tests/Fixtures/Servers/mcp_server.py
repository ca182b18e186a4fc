"""A server of the Model Context Protocol over standard streams, and all that one can do wrong.

    mcp_server.py [--speak handshake|stateless|both|deaf|deaf-once|exits|future|newer|broken] [--tools N] [--start-log FILE]
"""

import argparse
import base64
import json
import os
import sys

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
META = "io.modelcontextprotocol/"


def tool(name, description="", properties=None, required=(), **more):
    schema = {"type": "object", "properties": properties or {}, "required": list(required)}
    return {"name": name, "description": description, "inputSchema": schema, **more}


TOOLS = [
    tool("echo", "Says\u001b[2J it again.", {"text": {"type": "string", "description": "What to say."}}, ["text"],
         annotations={"readOnlyHint": True}),
    tool("fail", "Fails."),
    tool("crash", "Ends the server."),
    tool("hang", "Never answers."),
    tool("slow", "Answers after some news."),
    tool("garbage", "Says what makes no sense."),
    tool("flood", "Says more than anybody can take."),
    tool("everything", "Gives one of each."),
    tool("structured", "Gives a value."),
    tool("ask", "Asks the client.", {"method": {"type": "string"}}),
    tool("meta", "Says what came with the call."),
    tool("grow", "Adds a tool."),
    tool("need", "Needs to know more."),
    tool("sample", "Wants a model of the client."),
    tool("again", "Wants to be asked again."),
    tool("pid", "Says which process it is."),
    tool("environment", "Says what it sees.", {"name": {"type": "string"}}),
    tool("with blank", "Has a name that is no name."),
    tool("with.blank", "Has another."),
    tool("x" * 80, "Has a long name."),
]


class Server:
    def __init__(self, options):
        self.options = options
        self.agreed = False
        self.serial = 0
        self.extra = options.tools
        self.cancelled = []

    def send(self, message):
        sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
        sys.stdout.flush()

    def notify(self, method, params):
        self.send({"method": method, "params": params})

    def refuse(self, message, code, text, data=None):
        error = {"code": code, "message": text}
        if data is not None:
            error["data"] = data
        self.send({"id": message["id"], "error": error})

    def give(self, message, result):
        if self.is_stateless(message):
            result = {"resultType": "complete", **result}
        self.send({"id": message["id"], "result": result})

    def is_stateless(self, message):
        return META + "protocolVersion" in message.get("params", {}).get("_meta", {})

    def read(self):
        line = sys.stdin.readline()
        if not line:
            sys.exit(0)
        return json.loads(line)

    def ask(self, method):
        """Asks the client; what it says meanwhile is passed over."""
        self.serial += 1
        self.send({"id": f"s{self.serial}", "method": method, "params": {}})
        while True:
            answer = self.read()
            if answer.get("id") == f"s{self.serial}":
                return answer

    def run(self):
        while True:
            message = self.read()
            if "method" not in message:
                continue
            if "id" not in message:
                self.hear(message)
            else:
                self.answer(message)

    def hear(self, message):
        if message["method"] == "notifications/initialized":
            self.agreed = True
        if message["method"] == "notifications/cancelled":
            self.cancelled.append(message["params"])

    def answer(self, message):
        method, speak = message["method"], self.options.speak
        if speak == "exits" and method == "server/discover":
            sys.stderr.write("expected initialize\n")
            sys.exit(2)
        if speak == "deaf":
            return
        if self.is_stateless(message):
            if speak == "newer":
                return self.refuse(message, -32022, "Unsupported protocol version", {"supported": ["2031-01-01"]})
            if speak not in ("stateless", "both"):
                return self.refuse(message, -32602, "Invalid request parameters")
            assert META + "clientCapabilities" in message["params"]["_meta"]
        elif method == "initialize":
            if speak == "stateless":
                return self.refuse(message, -32601, "Method not found")
            version = "1999-01-01" if speak == "future" else message["params"]["protocolVersion"]
            return self.give(message, {
                "protocolVersion": version,
                "capabilities": {"tools": {"listChanged": True}, "resources": {}, "prompts": {}},
                "serverInfo": {"name": "fake", "version": "1"},
            })
        elif not self.agreed and method != "ping":
            return self.refuse(message, -32600, "Not initialized")
        handler = getattr(self, "on_" + method.replace("/", "_"), None)
        if handler is None:
            return self.refuse(message, -32601, "Method not found")
        handler(message)

    def on_server_discover(self, message):
        self.give(message, {
            "supportedVersions": ["2025-11-25", "2026-07-28"] if self.options.speak == "both" else ["2026-07-28"],
            "capabilities": {"tools": {}, "resources": {}, "prompts": {}},
            "ttlMs": 0, "cacheScope": "private",
        })

    def on_ping(self, message):
        self.give(message, {})

    def on_tools_list(self, message):
        all_tools = TOOLS + [tool(f"extra{number}") for number in range(self.extra)]
        start = int(message.get("params", {}).get("cursor", "0"))
        page = {"tools": all_tools[start:start + 10]}
        if start + 10 < len(all_tools):
            page["nextCursor"] = str(start + 10)
        self.give(message, page)

    def on_resources_list(self, message):
        self.give(message, {"resources": [
            {"uri": "note:///one", "name": "one", "description": "The first\nnote.", "mimeType": "text/plain"},
        ]})

    def on_resources_read(self, message):
        uri = message["params"]["uri"]
        if uri != "note:///one":
            return self.refuse(message, -32602, "Resource not found", {"uri": uri})
        self.give(message, {"contents": [
            {"uri": uri, "mimeType": "text/plain", "text": "remember"},
            {"uri": uri + ".bin", "mimeType": "application/x", "blob": base64.b64encode(b"1234").decode()},
        ]})

    def on_prompts_list(self, message):
        self.give(message, {"prompts": [{
            "name": "review", "description": "Reviews.",
            "arguments": [{"name": "code", "required": True}, {"name": "style"}],
        }]})

    def on_prompts_get(self, message):
        filled = message["params"].get("arguments", {})
        self.give(message, {"messages": [
            {"role": "user", "content": {"type": "text", "text": f"Review {filled.get('code')}."}},
        ]})

    def on_tools_call(self, message):
        name = message["params"]["name"]
        arguments = message["params"].get("arguments", {})
        handler = getattr(self, "tool_" + name, None)
        if handler is None:
            return self.refuse(message, -32602, f"Unknown tool: {name}")
        result = handler(arguments, message)
        if isinstance(result, str):
            result = {"content": [{"type": "text", "text": result}]}
        if result is not None:
            self.give(message, result)

    def tool_echo(self, arguments, message):
        return str(arguments.get("text"))

    def tool_fail(self, arguments, message):
        return {"content": [{"type": "text", "text": "It went wrong."}], "isError": True}

    def tool_crash(self, arguments, message):
        sys.stderr.write("starting\nout of cheese\n")
        sys.stderr.flush()
        os._exit(7)

    def tool_hang(self, arguments, message):
        return None

    def tool_slow(self, arguments, message):
        token = message["params"]["_meta"]["progressToken"]
        self.notify("notifications/progress", {"progressToken": token, "progress": 1, "total": 2, "message": "half"})
        self.notify("notifications/message", {"level": "warning", "logger": "disk", "data": {"slow": True}})
        return "done"

    def tool_garbage(self, arguments, message):
        print("Listening on port 8000", flush=True)

    def tool_flood(self, arguments, message):
        chunk = "x" * 1_000_000
        try:
            while True:
                sys.stdout.write(chunk)
        except BrokenPipeError:
            os._exit(0)

    def tool_everything(self, arguments, message):
        data = base64.b64encode(b"sound").decode()
        return {"content": [
            {"type": "text", "text": "a text"},
            {"type": "image", "data": PIXEL, "mimeType": "image/png"},
            {"type": "audio", "data": data, "mimeType": "audio/wav"},
            {"type": "image", "data": "no base64!", "mimeType": "image/png"},
            {"type": "resource", "resource": {"uri": "note:///one", "text": "remember"}},
            {"type": "resource_link", "uri": "note:///two", "name": "two", "description": "the second"},
            {"type": "hologram"},
        ]}

    def tool_structured(self, arguments, message):
        return {"content": [], "structuredContent": {"sum": 3}}

    def tool_ask(self, arguments, message):
        answer = self.ask(arguments["method"])
        return json.dumps(answer.get("result", answer.get("error")), sort_keys=True)

    def tool_meta(self, arguments, message):
        return json.dumps({"meta": message["params"].get("_meta"), "cancelled": self.cancelled})

    def tool_grow(self, arguments, message):
        self.extra += 1
        self.notify("notifications/tools/list_changed", {})
        return "grown"

    def tool_need(self, arguments, message):
        params = message["params"]
        if "inputResponses" in params:
            return json.dumps([params["requestState"], params["inputResponses"]], sort_keys=True)
        schema = {"type": "object", "required": ["name"], "properties": {
            "name": {"type": "string", "description": "Its\x1b[2J name."}, "people": {"type": "integer"},
        }}
        requests = {
            "city": {"mode": "form", "message": "Which city?", "requestedSchema": schema},
            "terms": {"mode": "url", "message": "Agree.", "url": "https://a.example/terms", "elicitationId": "t1"},
        }
        return {
            "resultType": "input_required", "requestState": "abc",
            "inputRequests": {
                key: {"method": "elicitation/create", "params": params} for key, params in requests.items()
            },
        }

    def tool_sample(self, arguments, message):
        return {"resultType": "input_required", "inputRequests": {"m": {"method": "sampling/createMessage"}}}

    def tool_again(self, arguments, message):
        return {"resultType": "input_required", "requestState": "x"}

    def tool_pid(self, arguments, message):
        return str(os.getpid())

    def tool_environment(self, arguments, message):
        return os.environ.get(arguments["name"], "nothing")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--speak", default="both")
    parser.add_argument("--tools", type=int, default=0)
    parser.add_argument("--start-log")
    options = parser.parse_args()
    if options.start_log:
        with open(options.start_log, "a") as log:
            log.write(f"{os.getpid()}\n")
    if options.speak == "deaf-once":
        options.speak = "deaf" if len(open(options.start_log).readlines()) == 1 else "both"
    if options.speak == "broken":
        sys.stderr.write("no database at /var/db\n")
        sys.exit(3)
    Server(options).run()


if __name__ == "__main__":
    main()

"""A language server over standard streams that knows the words of a file, and all that one can do wrong.

    language_server.py [--start crash|deaf|garbage] [--log FILE] [--encoding utf-8|utf-16] [--push] [--unversioned]

A name is any word; it is defined where it stands first. Each word that begins with "bad" is complained about. A file whose
text holds a line "#do crash" (hang, flood, garbage, huge, refuse, retry, ask) has the server do that when it is asked.
"""

import argparse
import json
import os
import re
import sys
import threading

lock = threading.Lock()


def send(message):
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    with lock:
        sys.stdout.buffer.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        sys.stdout.buffer.flush()


def read():
    length = None
    while True:
        line = sys.stdin.buffer.readline()
        if not line:
            sys.exit(0)
        if line == b"\r\n":
            return json.loads(sys.stdin.buffer.read(length))
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)


class Server:
    def __init__(self, options):
        self.options = options
        self.texts = {}
        self.versions = {}
        self.tries = 0
        self.looks = 0
        self.answers = {}
        self.folder = ""

    def units(self, text):
        return len(text.encode(self.options.encoding.replace("utf-16", "utf-16-le"))) // (
            2 if self.options.encoding == "utf-16" else 1)

    def words(self, uri):
        for number, line in enumerate(self.texts.get(uri, "").split("\n")):
            for match in re.finditer(r"\w+", line):
                start = self.units(line[:match.start()])
                end = start + self.units(match[0])
                yield match[0], {"start": {"line": number, "character": start},
                                 "end": {"line": number, "character": end}}

    def word_at(self, params):
        position = params["position"]
        for word, place in self.words(params["textDocument"]["uri"]):
            if place["start"]["line"] == position["line"] and \
                    place["start"]["character"] <= position["character"] < place["end"]["character"]:
                return word
        return None

    def places(self, word):
        return [{"uri": uri, "range": place} for uri in sorted(self.texts) for own, place in self.words(uri)
                if own == word]

    def complaints(self, uri):
        return [{"range": place, "severity": 2, "code": "bad-word", "message": f"{word} is\nbad"}
                for word, place in self.words(uri) if word.startswith("bad")]

    def publish(self, uri):
        params = {"uri": uri, "diagnostics": self.complaints(uri)}
        if not self.options.unversioned:
            params["version"] = self.versions[uri]
        send({"method": "textDocument/publishDiagnostics", "params": params})

    def ask(self, method, params):
        identity = f"ask-{len(self.answers)}"
        send({"id": identity, "method": method, "params": params})
        while True:
            message = read()
            if message.get("id") == identity and "method" not in message:
                return message.get("result", message.get("error"))

    def trouble(self, identity, uri):
        match = re.search(r"#do (\w+)", self.texts.get(uri, ""))
        what = match[1] if match else None
        if what == "crash":
            sys.stderr.write("out of luck\n")
            sys.stderr.flush()
            os._exit(7)
        if what == "hang":
            return True
        if what == "flood":
            while True:
                send({"method": "window/logMessage", "params": {"type": 3, "message": "x" * 100000}})
        if what == "garbage":
            sys.stdout.write("what is this\r\n\r\n")
            sys.stdout.flush()
            return True
        if what == "huge":
            sys.stdout.write("Content-Length: 999999999999\r\n\r\n")
            sys.stdout.flush()
            return True
        if what == "refuse":
            send({"id": identity, "error": {"code": -32803, "message": "not \u001b[2Jtoday"}})
            return True
        if what == "retry" and self.tries < 2:
            self.tries += 1
            send({"id": identity, "error": {"code": -32801, "message": "content modified"}})
            return True
        if what == "ask":
            configuration = self.ask("workspace/configuration", {"items": [{"section": "a.b"}, {"section": "none"}]})
            folders = self.ask("workspace/workspaceFolders", None)
            registered = self.ask("client/registerCapability", {"registrations": []})
            edit = self.ask("workspace/applyEdit", {"edit": {}})
            unknown = self.ask("workspace/unheardOf", {})
            said = json.dumps([configuration, folders == [self.folder], registered, edit, unknown])
            send({"id": identity, "result": {"contents": {"kind": "plaintext", "value": said}}})
            return True
        return False

    def answer(self, method, params):
        if method == "textDocument/definition":
            return self.places(self.word_at(params))[:1]
        if method == "textDocument/implementation":
            return None
        if method == "textDocument/references":
            self.looks += 1
            places = self.places(self.word_at(params))
            return places[:self.looks] if self.options.cold else places
        if method == "textDocument/hover":
            word = self.word_at(params)
            return word and {"contents": ["a word", {"language": "text", "value": f"{word}\u202e"}]}
        if method == "textDocument/documentSymbol":
            uri = params["textDocument"]["uri"]
            return [{"name": word, "kind": 12, "range": place, "selectionRange": place,
                     "children": [{"name": "inner", "kind": 13, "range": place, "selectionRange": place}]}
                    for word, place in list(self.words(uri))[:1]]
        if method == "workspace/symbol":
            return [{"name": word, "kind": 5, "containerName": "box", "location": {"uri": uri, "range": place}}
                    for uri in self.texts for word, place in self.words(uri) if params["query"] in word]
        if method == "textDocument/diagnostic":
            return {"kind": "full", "items": self.complaints(params["textDocument"]["uri"])}
        if method == "textDocument/rename":
            edits = {}
            for place in self.places(self.word_at(params)):
                edits.setdefault(place["uri"], []).append({"range": place["range"], "newText": params["newName"]})
            return {"changes": edits}
        return None

    def welcome(self, params):
        self.folder = params["workspaceFolders"][0]
        capabilities = {"textDocumentSync": 1, "positionEncoding": self.options.encoding, "hoverProvider": True,
                        "definitionProvider": {}, "referencesProvider": True, "implementationProvider": True,
                        "documentSymbolProvider": True, "workspaceSymbolProvider": True, "renameProvider": True}
        if not self.options.push:
            capabilities["diagnosticProvider"] = {"interFileDependencies": False, "workspaceDiagnostics": False}
        if self.options.lacks:
            del capabilities[self.options.lacks]
        return {"capabilities": capabilities}

    def log(self, text):
        if self.options.log:
            with open(self.options.log, "a") as file:
                file.write(text + "\n")

    def take(self, message):
        method, params = message.get("method"), message.get("params") or {}
        self.log(f"{method} {params.get('textDocument', {}).get('version', '')}".strip())
        if method == "$/cancelRequest":
            self.log(f"cancelled {params['id']}")
        elif method == "workspace/didChangeWatchedFiles":
            for change in params["changes"]:
                self.log(f"watched {change['type']} {os.path.basename(change['uri'])}")
        elif method in ("textDocument/didOpen", "textDocument/didChange"):
            document = params["textDocument"]
            changes = params.get("contentChanges")
            self.texts[document["uri"]] = changes[-1]["text"] if changes else document["text"]
            self.versions[document["uri"]] = document["version"]
            if self.options.push and "#do hang" not in self.texts[document["uri"]]:
                self.publish(document["uri"])
        elif method == "textDocument/didClose":
            self.texts.pop(params["textDocument"]["uri"], None)
        elif method == "initialize":
            send({"id": message["id"], "result": self.welcome(params)})
        elif "id" in message and method:
            uri = params.get("textDocument", {}).get("uri")
            if not self.trouble(message["id"], uri):
                send({"id": message["id"], "result": self.answer(method, params)})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--start")
    parser.add_argument("--log")
    parser.add_argument("--lacks")
    parser.add_argument("--encoding", default="utf-16")
    parser.add_argument("--push", action="store_true")
    parser.add_argument("--unversioned", action="store_true")
    parser.add_argument("--cold", action="store_true", help="knows one more place each time it is asked")
    server = Server(parser.parse_args())
    server.log("start")
    if server.options.start == "crash":
        sys.stderr.write("no licence\n")
        sys.exit(3)
    if server.options.start == "garbage":
        print("Hello, I am a server.\n", flush=True)
    while True:
        message = read()
        if server.options.start != "deaf":
            server.take(message)


main()

"""A model service that misbehaves on request, for the tests of the HTTP client.

Prints its port and serves 127.0.0.1 until its standard input ends. The first part of the path says what happens; a
header `X-Name` gives the exchange a name that `/closed` and `/stalled` can ask about. With `--tls FILE`, a key and a
certificate for 127.0.0.1 are made and written to FILE.
"""

import asyncio
import json
import os
import ssl
import subprocess
import sys

closed, sent, connections = {}, {}, 0

REPLY = [
    {"choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": None}]},
    {"choices": [{"index": 0, "delta": {"content": "Grüße, "}, "finish_reason": None}]},
    {"choices": [{"index": 0, "delta": {"content": "Ada."}, "finish_reason": None}]},
    {"choices": [{"index": 0, "delta": {"tool_calls": [
        {"index": 0, "id": "call_a", "type": "function", "function": {"name": "bash_exec", "arguments": ""}}]}}]},
    {"choices": [{"index": 0, "delta": {"tool_calls": [{"index": 0, "function": {"arguments": '{"command":'}}]}}]},
    {"choices": [{"index": 0, "delta": {"tool_calls": [{"index": 0, "function": {"arguments": '"ls"}'}}]}}]},
    {"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]},
    {"choices": [], "usage": {"prompt_tokens": 20, "completion_tokens": 7, "total_tokens": 27,
                              "prompt_tokens_details": {"cached_tokens": 16}}},
]


def head(status, *headers):
    return ("\r\n".join([f"HTTP/1.1 {status}", *headers]) + "\r\n\r\n").encode()


def whole(status, body, *headers):
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    return head(status, f"Content-Length: {len(body)}", *headers) + body


def chunk(data):
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def recorded():
    """The bytes of a streamed reply, head included."""
    lines = [b"data: " + json.dumps(piece, ensure_ascii=False).encode() + b"\n\n" for piece in REPLY]
    body = b"".join(map(chunk, [*lines, b"data: [DONE]\n\n"])) + b"0\r\n\r\n"
    return head("200 OK", "Content-Type: text/event-stream", "Transfer-Encoding: chunked") + body


async def read_request(reader):
    lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    method, path, _ = lines[0].split(" ")
    headers = {}
    for line in filter(None, lines[1:]):
        name, value = line.split(":", 1)
        headers[name.lower()] = value.strip()
    body = b"" if path == "/deaf" else await reader.readexactly(int(headers.get("content-length", 0)))
    return method, path, headers, body


class Exchange:
    def __init__(self, reader, writer, number, request):
        self.reader, self.writer, self.number = reader, writer, number
        self.method, self.path, self.headers, self.body = request
        self.name = self.headers.get("x-name", "")

    async def send(self, data):
        self.writer.write(data)
        await self.writer.drain()

    async def until_closed(self):
        while await self.reader.read(4096):
            pass

    async def stream(self):
        await self.send(recorded())

    async def once(self):
        """Calls a tool, and stops when it has read what that put out; tells on standard error what it was sent."""
        print(self.headers.get("authorization"), self.body.decode(), file=sys.stderr, flush=True)
        has_read = any(message["role"] == "tool" for message in json.loads(self.body)["messages"])
        stop = {"choices": [{"index": 0, "message": {"role": "assistant", "content": "Done."}, "finish_reason": "stop"}]}
        await self.send(whole("200 OK", stop, "Content-Type: application/json") if has_read else recorded())

    async def echo(self):
        await self.send(whole("200 OK", {"method": self.method, "path": self.path, "headers": self.headers,
                                         "body": self.body.decode(), "connection": self.number}))

    async def cut(self):
        """/cut/37: the first 37 bytes of a recorded reply."""
        await self.send(recorded()[: int(self.path.split("/")[2])])
        self.writer.close()

    async def hang(self):
        await self.until_closed()

    async def think(self):
        """/think/0.5: answers after so many seconds."""
        await asyncio.sleep(float(self.path.split("/")[2]))
        await self.send(whole("200 OK", b"thought"))

    async def deaf(self):
        """Does not read the request's body."""
        self.writer.transport.pause_reading()
        await asyncio.sleep(600)  # until it is ended

    async def stall(self):
        await self.send(head("200 OK", "Transfer-Encoding: chunked") + chunk(b"data: {}\n\n"))
        await self.until_closed()

    async def drip(self):
        """A piece every 20 ms, for ever."""
        await self.send(head("200 OK", "Transfer-Encoding: chunked"))
        while True:
            await self.send(chunk(b": still here\n\n"))
            await asyncio.sleep(0.02)

    async def garbage(self):
        await self.send(b"SSH-2.0-OpenSSH_9.2p1\r\n")
        self.writer.close()

    async def binary(self):
        await self.send(whole("500 Oh", bytes(range(256)) * 1000))

    async def big(self):
        size, piece = 30_000_000, bytes(range(256)) * 256
        await self.send(head("200 OK", f"Content-Length: {size}"))
        sent[self.name] = 0
        while sent[self.name] < size:
            part = piece[: size - sent[self.name]]
            await self.send(part)
            sent[self.name] += len(part)

    async def headers_many(self):
        await self.send(head("200 OK", *[f"X-{n}: {'x' * 1000}" for n in range(100)], "Content-Length: 0"))

    async def headers_long(self):
        await self.send(head("200 OK", "X-Long: " + "x" * 200_000, "Content-Length: 0"))

    async def interim(self):
        await self.send(head("103 Early Hints", "Link: </x>") + whole("200 OK", b"late", "X-A: 1", "x-a: 2"))

    async def redirect(self):
        await self.send(whole("307 Temporary Redirect", b"", "Location: /echo"))

    async def limited(self):
        await self.send(whole("429 Too Many Requests", {"error": {"message": "Slow down"}}, "Retry-After: 7"))

    async def unauthorized(self):
        said = self.headers.get("authorization", "nothing")
        await self.send(whole("401 Unauthorized", {"error": {"message": f"Incorrect API key provided: {said}."}}))

    async def closed(self):
        """/closed/NAME: answers when the client has closed the connection of that name."""
        await asyncio.wait_for(closed.setdefault(self.path.split("/")[2], asyncio.Event()).wait(), 20)
        await self.send(whole("200 OK", {"closed": True}))

    async def stalled(self):
        """/stalled/NAME: answers with the bytes sent, when no more have gone out for a while."""
        name, last = self.path.split("/")[2], -1
        while sent.get(name, 0) != last:
            last = sent.get(name, 0)
            await asyncio.sleep(0.2)
        await self.send(whole("200 OK", {"sent": last}))


async def serve(reader, writer):
    global connections
    connections += 1
    number, names = connections, set()
    try:
        while not writer.is_closing():
            exchange = Exchange(reader, writer, number, await read_request(reader))
            names.add(exchange.name)
            await getattr(exchange, exchange.path.split("?")[0].split("/")[1])()
    except (asyncio.IncompleteReadError, ConnectionError, asyncio.TimeoutError):
        pass
    finally:
        for name in names - {""}:
            closed.setdefault(name, asyncio.Event()).set()
        writer.close()


def make_certificate(file):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1",
         "-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", file, "-out", file + ".part"],
        check=True, capture_output=True)
    with open(file + ".part") as part, open(file, "a") as whole:
        whole.write(part.read())
    os.remove(file + ".part")


async def main(arguments):
    context = None
    if arguments[:1] == ["--tls"]:
        make_certificate(arguments[1])
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(arguments[1])
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context, limit=1 << 26)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()  # until it is ended


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))

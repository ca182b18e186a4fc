"""Model services that break in every way there is, for the tests of what is made of it.

Prints its port and serves 127.0.0.1 until it is ended. A path is /FAULT/ARGUMENT/v1/..., and its end tells the dialect:
one body for all four. /open/-/v1 counts the connections that are open besides the one that asks.
"""

import asyncio
import json
import random
import socket
import struct
import sys

from dialects import spoken
from model_server import chunk, head, whole

STREAM = ["Content-Type: text/event-stream", "Transfer-Encoding: chunked"]
HTML = b"<!DOCTYPE html><html><body><h1>Sign in</h1><p>This network wants you to.</p></body></html>"
RETRY = {
    "seconds": ["Retry-After: 7"], "fraction": ["Retry-After: 0.5"], "milliseconds": ["retry-after-ms: 250"],
    "both": ["Retry-After: 7", "Retry-After-Ms: 250"], "zero": ["Retry-After: 0"], "never": [],
    "date": ["Date: Sun, 06 Nov 1994 08:49:37 GMT", "Retry-After: Sun, 06 Nov 1994 08:50:07 GMT"],
    "rfc850": ["Date: Sun, 06 Nov 1994 08:49:37 GMT", "Retry-After: Sunday, 06-Nov-94 08:50:07 GMT"],
    "asctime": ["Date: Sun, 06 Nov 1994 08:49:37 GMT", "Retry-After: Sun Nov  6 08:50:07 1994"],
    "past": ["Retry-After: Sun, 06 Nov 1994 08:49:37 GMT"], "words": ["Retry-After: soon"],
    "negative": ["Retry-After: -1"], "huge": ["Retry-After: 1e300"], "empty": ["Retry-After:"],
}
WRONG = ["[]", '"words"', "17", "null", "", "{", '{"choices": 5, "candidates": 5, "type": 5}',
         '{"choices": [5], "candidates": [5], "type": {}}', '{"choices": {}, "candidates": {}, "type": []}']


def event(data):
    return b"data: " + (data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)).encode() + b"\n\n"


class Exchange:
    request = b""

    def __init__(self, reader, writer, path, headers):
        self.reader, self.writer, self.path, self.headers = reader, writer, path, headers
        self.fault, self.argument = [*path.split("/"), "", ""][1:3]

    async def send(self, data):
        self.writer.write(data)
        await self.writer.drain()

    async def events(self, *events):
        for one in events:
            await self.send(chunk(event(one)))

    async def begin(self):
        await self.send(head("200 OK", *STREAM))

    async def finish(self):
        await self.events(*self.dialect.done)
        await self.send(b"0\r\n\r\n")

    async def answer(self, *middle, read=20, written=7):
        """A whole answer with these events in its middle."""
        speech = self.dialect
        await self.begin()
        await self.events(*speech.begin(), *speech.words("Grüße, "), *middle, *speech.words("Ada."),
                          *speech.end(read, written))
        await self.finish()

    @property
    def dialect(self):
        return spoken(self.path)

    def body(self):
        """The bytes of a whole answer without its head."""
        speech = self.dialect
        texts = [*speech.begin(), *speech.words("Grüße, "), *speech.words("Ada."), *speech.end(20, 7), *speech.done]
        return b"".join(map(event, texts))

    def reset(self):
        """Ends the connection as a machine does that has been restarted."""
        self.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    async def until_closed(self):
        while await self.reader.read(4096):
            pass

    # Slow

    async def bytewise(self):
        for byte in head("200 OK", "Content-Type: text/event-stream", "Connection: close") + self.body():
            await self.send(bytes([byte]))
        self.writer.close()

    async def late(self):
        await self.at(self.argument, lambda: asyncio.sleep(0.1))

    async def silent(self):
        await self.at(self.argument, self.until_closed)

    async def resets(self):
        async def reset():
            self.reset()
            raise ConnectionError
        await self.at(self.argument, reset)

    async def at(self, stage, what):
        """Does something at a stage of an answer that is whole without it."""
        speech = self.dialect
        stages = [("head", b""), ("inhead", head("200 OK", *STREAM)[:30]), ("body", head("200 OK", *STREAM)[30:]),
                  ("middle", b"".join(chunk(event(one)) for one in [*speech.begin(), *speech.words("Grüße, ")])),
                  ("end", b"".join(chunk(event(one)) for one in speech.words("Ada.")))]
        for name, data in stages:
            if data:
                await self.send(data)
            if name == stage:
                await asyncio.sleep(0.05)  # so that what stands before is read by itself
                await what()
        await self.events(*speech.end(20, 7))
        await self.finish()

    # Garbage

    async def binary(self):
        await self.send(whole("200 OK", random.Random(1).randbytes(100_000), "Content-Encoding: br"))

    async def html(self):
        await self.send(whole(self.argument.replace("-", " "), HTML, "Content-Type: text/html"))

    async def long_length(self):
        await self.send(head("200 OK", "Content-Type: text/event-stream", "Content-Length: 1000000") + self.body())
        self.writer.close()

    async def short_length(self):
        body = self.body()
        length = body.index(b"Ada.") - 10
        await self.send(head("200 OK", "Content-Type: text/event-stream", f"Content-Length: {length}") + body)
        self.writer.close()

    async def negative_length(self):
        await self.send(head("200 OK", "Content-Length: -5") + self.body())
        self.writer.close()

    async def bad_chunk(self):
        await self.begin()
        await self.events(*self.dialect.begin(), *self.dialect.words("Grüße, "))
        await self.send(b"these are no digits\r\n")
        self.writer.close()

    async def cut_chunk(self):
        await self.begin()
        await self.events(*self.dialect.begin(), *self.dialect.words("Grüße, "))
        await self.send(b"ffff\r\ndata: {")
        self.writer.close()

    async def no_utf8(self):
        """Half a character, a byte that is none, and what looks like one and is too long."""
        await self.begin()
        await self.events(*self.dialect.begin(), *self.dialect.words("Grüße, "))
        words = json.dumps(self.dialect.words("@")[0]).encode().replace(b"@", b"\xc3\xff\xc0\xaf")
        await self.send(chunk(b"data: " + words + b"\n\n"))
        await self.events(*self.dialect.end(20, 7))
        await self.finish()

    async def wrong(self):
        await self.begin()
        await self.events(WRONG[int(self.argument)])
        await self.finish()

    async def tokens(self):
        number = {"most": 2**63 - 1, "beyond": 2**64, "negative": -2**63, "double": 1e300, "words": "many"}
        await self.answer(read=number[self.argument], written=number[self.argument])

    async def twice(self):
        """Every event two times."""
        events = [part + b"\n\n" for part in self.body().split(b"\n\n") if part]
        await self.send(head("200 OK", *STREAM) + b"".join(chunk(part * 2) for part in events) + b"0\r\n\r\n")

    async def unknown(self):
        await self.answer({"type": "content_block_delta", "index": 99, "delta": {"type": "smell_delta", "smell": "rose"}},
                          {"type": "response.smell.delta", "output_index": 99, "delta": 5}, {"object": "smell"}, {})

    # Huge

    async def line(self):
        await self.begin()
        while True:
            await self.send(chunk(b"data: " + b"x" * 1_000_000))

    async def event(self):
        await self.begin()
        await self.events(*self.dialect.words("x" * 65_000_000))
        await self.until_closed()

    async def lines(self):
        """An event of many lines, each of which is added to what the event has."""
        await self.begin()
        await self.send(chunk(b"data: {\n" + b"data: \n" * 2_000_000 + b"data: }\n\n"))
        await self.finish()

    async def calls(self):
        await self.answer(*[one for number in range(int(self.argument)) for one in
                            self.dialect.call(number, json.dumps({"command": f"echo {number}"}))])

    async def arguments(self):
        await self.answer(*self.dialect.call(0, json.dumps({"command": "x" * int(self.argument)})))

    async def pieces(self):
        """The arguments of one call, a megabyte at a time."""
        words = json.dumps({"command": "x" * int(self.argument)})
        first, rest = words[:1_000_000], words[1_000_000:]
        parts = [rest[start:start + 1_000_000] for start in range(0, len(rest), 1_000_000)]
        await self.answer(*self.dialect.call(0, first), *[self.dialect.more(0, part) for part in parts])

    async def deep(self):
        await self.begin()
        await self.events("{\"a\":" * 100_000 + "1" + "}" * 100_000)
        await self.finish()

    # Never-ending

    async def forever(self):
        pieces = {"words": lambda: chunk(event(self.dialect.words("word ")[0])), "pings": lambda: chunk(b": ping\n\n"),
                  "events": lambda: chunk(b"event: ping\ndata: {\"type\": \"ping\"}\n\n")}
        await self.begin()
        await self.events(*self.dialect.begin())
        while True:
            await self.send(pieces[self.argument]())
            await asyncio.sleep(0.01)

    async def heads(self):
        """Interim heads for ever."""
        while True:
            await self.send(head("103 Early Hints", "Link: </x>"))

    async def headers_drip(self):
        await self.send(b"HTTP/1.1 200 OK\r\n")
        while True:
            await self.send(b"X-More: yes\r\n")
            await asyncio.sleep(0.01)

    # Other answers

    async def interim(self):
        for status in ["100 Continue", "102 Processing", "103 Early Hints"]:
            await self.send(head(status, "Link: </x>"))
        await self.answer()

    async def redirect(self):
        await self.send(whole(f"{self.argument} Elsewhere", HTML, "Location: https://elsewhere.example/v1"))

    async def limited(self):
        await self.send(whole("429 Too Many Requests", self.dialect.error("rate_limit_error", "Slow down"),
                              *RETRY[self.argument]))

    async def overloaded(self):
        await self.send(whole("529 Overloaded", self.dialect.error("overloaded_error", "Overloaded"), "Retry-After: 3"))

    async def gives_up(self):
        await self.begin()
        await self.events(*self.dialect.begin(), *self.dialect.words("Grüße, "),
                          self.dialect.error("overloaded_error", "Overloaded"))
        await self.finish()

    async def plain(self):
        await self.answer()

    async def works(self):
        """Asks for a file to be written, and stops when it has read that it was."""
        if b"Wrote out." in self.request:
            return await self.answer()
        await self.answer(*self.dialect.call(0, json.dumps({"file": "out", "text": "done"}), "write"))

    async def slow_answer(self):
        """Answers after so many milliseconds."""
        await asyncio.sleep(int(self.argument) / 1000)
        await self.answer()

    async def refuses_first(self):
        """429 to the first so many requests of a name, asking for so many seconds: /refuses_first/COUNT-SECONDS/v1."""
        count, seconds = map(int, self.argument.split("-"))
        name = self.headers.get("x-name", "")
        asked[name] = asked.get(name, 0) + 1
        if asked[name] > count:
            return await self.answer()
        words = f"{name} has asked {asked[name]} times"
        await self.send(whole("429 Too Many Requests", self.dialect.error("rate_limit_error", words),
                              f"Retry-After: {seconds}"))

    async def streams(self):
        """Words for ever; /cut/NAME/v1 is answered when whoever reads them has closed the connection."""
        await self.begin()
        await self.events(*self.dialect.begin())
        try:
            while True:
                await self.events(*self.dialect.words("word "))
                await asyncio.sleep(0.01)
        finally:
            cut.setdefault(self.argument, asyncio.Event()).set()

    async def cut(self):
        await asyncio.wait_for(cut.setdefault(self.argument, asyncio.Event()).wait(), 60)
        await self.send(whole("200 OK", {"cut": True}))

    async def open(self):
        """How many other connections are open, and how many there were at most."""
        await asyncio.sleep(0.1)
        await self.send(whole("200 OK", {"open": connections - 1, "most": most}))


asked, cut, connections, most = {}, {}, 0, 0


async def serve(reader, writer):
    global connections, most
    connections += 1
    most = max(most, connections)
    try:
        while not writer.is_closing():
            lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = dict((line.split(":", 1)[0].lower(), line.split(":", 1)[1].strip()) for line in lines[1:] if line)
            exchange = Exchange(reader, writer, lines[0].split(" ")[1], headers)
            if exchange.fault == "upload":
                await reader.readexactly(1_000)
                exchange.reset()
                return
            exchange.request = await reader.readexactly(int(headers.get("content-length", 0)))
            if exchange.dialect or exchange.fault in ("open", "cut"):
                await getattr(exchange, exchange.fault)()
            else:
                await exchange.send(whole("404 Not Found", {}))
    except (asyncio.IncompleteReadError, ConnectionError, asyncio.TimeoutError):
        pass
    finally:
        connections -= 1
        writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=1 << 20, backlog=2_048)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()  # until it is ended


asyncio.run(main())

"""Apple's service for notifications, as far as its documentation describes it: HTTP/2 over TLS, for the tests.

    apns_server.py CERTIFICATE PUBLIC_KEY

Makes a key and a certificate for 127.0.0.1 and writes them to CERTIFICATE, takes tokens that the PEM file PUBLIC_KEY
verifies, prints its port and serves until it is ended. What a request lacks is answered with Apple's word for it. The
beginning of a device's token says what happens: `gone`, `bad`, `busy` (once), `expired` (once), `broken`. A GET lists what
came.
"""

import asyncio
import json
import ssl
import subprocess
import sys
import time
import uuid

import h2.config
import h2.connection
import h2.events
import jwt

seen, refused_once = [], set()


def make_certificate(file):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1",
         "-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", file, "-out", file + ".part"],
        check=True, capture_output=True)
    with open(file + ".part") as part, open(file, "a") as whole:
        whole.write(part.read())


def once(token):
    """Whether this is the first request for a device."""
    if token in refused_once:
        return False
    refused_once.add(token)
    return True


def claims(headers, key):
    kind, _, token = headers.get("authorization", "").partition(" ")
    if kind != "bearer":
        return None
    head = jwt.get_unverified_header(token)
    assert set(head) == {"alg", "kid"} and head["alg"] == "ES256", head
    body = jwt.decode(token, key, algorithms=["ES256"], options={"verify_iat": False})
    assert set(body) == {"iss", "iat"} and isinstance(body["iat"], int), body
    return {**head, **body}


def problem(headers, body):
    """What Apple would object to, by its word."""
    if headers.get("apns-push-type") != "alert":
        return "InvalidPushType"
    if headers.get("apns-priority") not in ("1", "5", "10"):
        return "BadPriority"
    if not headers.get("apns-topic"):
        return "MissingTopic"
    if not headers.get("apns-expiration", "x").isdigit():
        return "BadExpirationDate"
    if not 0 < len(headers.get("apns-collapse-id", "x").encode()) <= 64:
        return "BadCollapseId"
    try:
        if str(uuid.UUID(headers["apns-id"])) != headers["apns-id"]:
            return "BadMessageId"
    except (KeyError, ValueError):
        return "BadMessageId"
    if not body:
        return "PayloadEmpty"
    return None


def answer(headers, body, key):
    if headers[":method"] == "GET":
        return 200, seen
    record = {"headers": headers, "payload": json.loads(body or b"null"), "bytes": len(body)}
    seen.append(record)
    if headers[":method"] != "POST" or not headers[":path"].startswith("/3/device/"):
        return 404, {"reason": "BadPath"}
    if len(body) > 4096:
        return 413, {"reason": "PayloadTooLarge"}
    try:
        record["claims"] = claims(headers, key)
    except (jwt.PyJWTError, AssertionError) as error:
        record["problem"] = str(error)
        return 403, {"reason": "InvalidProviderToken"}
    if record["claims"] is None:
        return 403, {"reason": "MissingProviderToken"}
    if word := problem(headers, body):
        return 400, {"reason": word}
    token = headers[":path"].removeprefix("/3/device/")
    if token.startswith("gone"):
        return 410, {"reason": "Unregistered", "timestamp": int(time.time() * 1000)}
    if token.startswith("bad"):
        return 400, {"reason": "BadDeviceToken"}
    if token.startswith("busy") and once(token):
        return 429, {"reason": "TooManyRequests"}
    if token.startswith("expired") and once(token):
        return 403, {"reason": "ExpiredProviderToken"}
    if token.startswith("broken"):
        return 503, {"reason": "ServiceUnavailable"}
    return 200, None


async def serve(reader, writer, key):
    assert writer.get_extra_info("ssl_object").selected_alpn_protocol() == "h2"
    connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False, header_encoding="utf-8"))
    connection.initiate_connection()
    streams = {}
    while True:
        writer.write(connection.data_to_send())
        await writer.drain()
        data = await reader.read(65536)
        if not data:
            break
        for event in connection.receive_data(data):
            if isinstance(event, h2.events.RequestReceived):
                streams[event.stream_id] = (dict(event.headers), bytearray())
            elif isinstance(event, h2.events.DataReceived):
                streams[event.stream_id][1].extend(event.data)
                connection.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            elif isinstance(event, h2.events.StreamEnded):
                headers, body = streams.pop(event.stream_id)
                status, document = answer(headers, bytes(body), key)
                reply = b"" if document is None else json.dumps(document).encode()
                connection.send_headers(event.stream_id, [(":status", str(status)), ("apns-id", "-")], not reply)
                while reply:
                    size = min(len(reply), connection.local_flow_control_window(event.stream_id), 16384)
                    connection.send_data(event.stream_id, reply[:size], size == len(reply))
                    reply = reply[size:]
    writer.close()


async def main(certificate, public_key):
    make_certificate(certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.set_alpn_protocols(["h2"])
    with open(public_key) as file:
        key = file.read()
    server = await asyncio.start_server(lambda r, w: serve(r, w, key), "127.0.0.1", 0, ssl=context)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()  # until it is ended


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))

#!/usr/bin/env python3
"""Measures a server of HTTP: processor time of a request, and memory of an idle WebSocket.

    listening.py PROGRAM                  starts PROGRAM (ListeningServer), measures both, and ends it
    listening.py --process PID PORT PATH  measures requests for a path to a server that runs, another one for comparison
"""
import os, socket, subprocess, sys, time

TICKS = os.sysconf("SC_CLK_TCK")
UPGRADE = (b"GET /idle HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")


def processor_seconds(process):
    """Of all threads; /proc counts in nanoseconds for each."""
    total = 0
    for thread in os.listdir(f"/proc/{process}/task"):
        with open(f"/proc/{process}/task/{thread}/schedstat") as file:
            total += int(file.read().split()[0])
    return total / 1e9


def resident_bytes(process):
    with open(f"/proc/{process}/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def connect(port):
    return socket.create_connection(("127.0.0.1", port))


def ask(clients, request, times):
    for _ in range(times):
        for client in clients:
            client.sendall(request)
        for client in clients:
            while not client.recv(65536):
                sys.exit("The server closed a connection.")


def microseconds_per_request(process, port, path, connections=64, times=500):
    clients = [connect(port) for _ in range(connections)]
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
    ask(clients, request, 50)
    best = []
    for _ in range(5):
        before = processor_seconds(process)
        ask(clients, request, times)
        best.append((processor_seconds(process) - before) / (connections * times) * 1e6)
    return min(best)


def bytes_per_idle_socket(process, port, count=5000):
    warm = [upgraded(port) for _ in range(100)]
    time.sleep(0.5)
    before = resident_bytes(process)
    idle = [upgraded(port) for _ in range(count)]
    time.sleep(0.5)
    each = (resident_bytes(process) - before) / count
    assert len(warm) + len(idle) == count + 100
    return each


def upgraded(port):
    client = connect(port)
    client.sendall(UPGRADE)
    if not client.recv(4096).startswith(b"HTTP/1.1 101"):
        sys.exit("The server refused a WebSocket.")
    return client


def main(arguments):
    if arguments[:1] == ["--process"]:
        process, port, path = int(arguments[1]), int(arguments[2]), arguments[3]
        print(f"{microseconds_per_request(process, port, path):.2f} us of processor time a request")
        return
    with subprocess.Popen([arguments[0]], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        port = int(server.stdout.readline().split()[-1])
        for path in ("/health", "/task"):
            print(f"{path}: {microseconds_per_request(server.pid, port, path):.2f} us of processor time a request")
        print(f"idle WebSockets, 5000: {bytes_per_idle_socket(server.pid, port):.0f} bytes each")


main(sys.argv[1:])

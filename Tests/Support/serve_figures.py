"""Prints the speed of the server, beside FastAPI and nginx where they are installed.

    serve_figures.py PATH_OF_SLUICE

Both sides of a comparison run in turns, seconds each, and the medians are compared. Nothing is asserted.
"""
import asyncio
import base64
import http.client
import json
import os
import re
import resource
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager

SLUICE = os.path.abspath(sys.argv[1])
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TICK = os.sysconf("SC_CLK_TCK")


class Server:
    """A process that listens, and what it has used."""

    def __init__(self, command, environment, port=None, directory=None):
        self.began = time.perf_counter()
        self.process = subprocess.Popen(
            command, env=environment, cwd=directory, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.port = port or self.announced()
        self.first_answer = None

    def announced(self):
        for line in self.process.stdout:
            found = re.search(r"http://[^:]+:(\d+)", line)
            if found:
                return int(found.group(1))
        sys.exit("The server ended before it listened.")

    def wait(self, path):
        while True:
            try:
                with socket.create_connection(("127.0.0.1", self.port)) as connection:
                    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
                    if connection.recv(64).startswith(b"HTTP/1.1 200"):
                        self.first_answer = (time.perf_counter() - self.began) * 1000
                        return self
            except OSError:
                pass
            if self.process.poll() is not None:
                sys.exit(f"A server ended with {self.process.returncode} before it answered.")
            time.sleep(0.001)

    def pids(self):
        children = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True).stdout.split()
        return [self.process.pid, *map(int, children)]

    def cpu(self):
        """Processor seconds of the process and its children."""
        total = 0
        for pid in self.pids():
            try:
                fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
                total += int(fields[11]) + int(fields[12])
            except FileNotFoundError:
                pass
        return total / TICK

    def resident(self):
        """Kilobytes."""
        text = open(f"/proc/{self.process.pid}/status").read()
        return int(re.search(r"VmRSS:\s+(\d+)", text).group(1))

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def load(url, seconds=3, connections=32):
    """Requests a second."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", url]
    text = subprocess.run(command, capture_output=True, text=True).stdout
    if "Non-2xx" in text:
        sys.exit(f"{url} did not answer with 200:\n{text}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1)), int(re.search(r"(\d+) requests in", text).group(1))


@contextmanager
def place():
    directory = tempfile.mkdtemp(prefix="sluice-serve-")
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def environment(directory):
    path = f"{ROOT}/.venv/bin:{os.environ['PATH']}"
    return {"PATH": path, "HOME": directory, "SLUICE_STATE": f"{directory}/state"}


def sluice(directory, *options):
    command = [SLUICE, "serve", "--port", "0", "--root", directory, "--log", "off", "--rate", "1000000", *options]
    return Server(command, environment(directory)).wait("/health")


def example(directory):
    """A run of the example that has ended."""
    shutil.copytree(f"{ROOT}/Pipelines/examples/calc", f"{directory}/calc")
    shutil.copy(f"{ROOT}/Pipelines/examples/calc.script.json", f"{directory}/script.json")
    command = [SLUICE, "run", "pytest", "--cwd", f"{directory}/calc", "--model", f"scripted/{directory}/script.json"]
    subprocess.run([*command, "--id", "example"], env=environment(directory), stdout=subprocess.DEVNULL, check=True)


# --- The same JSON as FastAPI -------------------------------------------------------------------------------------

FASTAPI = '''
import json
from fastapi import FastAPI
app = FastAPI()
ROW = json.load(open("row.json"))
@app.get("/api/runs/{run_id}")
async def one(run_id: str):
    return ROW
'''


def compare_with_fastapi():
    with place() as directory:
        example(directory)
        ours = sluice(directory)
        path = "/api/runs/example"
        connection = http.client.HTTPConnection("127.0.0.1", ours.port)
        connection.request("GET", path)
        row = connection.getresponse().read()
        open(f"{directory}/row.json", "wb").write(row)
        open(f"{directory}/app.py", "w").write(FASTAPI)
        port = free_port()
        command = [sys.executable, "-m", "uvicorn", "app:app", "--port", str(port), "--log-level", "critical"]
        theirs = Server([*command, "--no-access-log"], dict(os.environ), port, directory).wait(path)
        rates = {"ours": [], "theirs": []}
        for _ in range(5):
            rates["ours"].append(load(f"http://127.0.0.1:{ours.port}{path}")[0])
            rates["theirs"].append(load(f"http://127.0.0.1:{theirs.port}{path}")[0])
        ours.stop()
        theirs.stop()
        mine, other = statistics.median(rates["ours"]), statistics.median(rates["theirs"])
        print(f"GET {path}, {len(row)} bytes: {mine:,.0f} requests/s; FastAPI {other:,.0f}; ratio {mine / other:.1f}")


# --- CPU for each request, beside nginx ---------------------------------------------------------------------------

NGINX = '''
daemon off; worker_processes 1; pid %(place)s/nginx.pid; error_log /dev/null;
events { worker_connections 1024; }
http { access_log off; client_body_temp_path %(place)s/b; proxy_temp_path %(place)s/p; fastcgi_temp_path %(place)s/f;
  uwsgi_temp_path %(place)s/u; scgi_temp_path %(place)s/s; keepalive_requests 1000000000;
  server { listen 127.0.0.1:%(port)d; location = /health { default_type application/json; return 200 '{"status":"ok"}'; } } }
'''


def compare_with_nginx():
    nginx = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
    with place() as directory:
        ours = sluice(directory)
        servers = {"ours": ours}
        if nginx:
            port = free_port()
            open(f"{directory}/nginx.conf", "w").write(NGINX % {"place": directory, "port": port})
            command = [nginx, "-c", f"{directory}/nginx.conf", "-e", "/dev/null"]
            servers["nginx"] = Server(command, dict(os.environ), port).wait("/health")
        costs = {name: [] for name in servers}
        rates = {name: [] for name in servers}
        for _ in range(5):
            for name, server in servers.items():
                before = server.cpu()
                rate, count = load(f"http://127.0.0.1:{server.port}/health")
                costs[name].append((server.cpu() - before) / count * 1e6)
                rates[name].append(rate)
        for server in servers.values():
            server.stop()
        for name in servers:
            cost, rate = statistics.median(costs[name]), statistics.median(rates[name])
            print(f"GET /health, {name}: {cost:.1f} us of processor each, {rate:,.0f} requests/s")
        if nginx:
            print(f"  ratio of processor time: {statistics.median(costs['ours']) / statistics.median(costs['nginx']):.2f}")


# --- Subscribers --------------------------------------------------------------------------------------------------

def upgrade(port, path):
    connection = socket.create_connection(("127.0.0.1", port))
    key = base64.b64encode(os.urandom(16)).decode()
    connection.sendall(
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
    if not connection.recv(12).startswith(b"HTTP/1.1 101"):
        sys.exit("A WebSocket was refused.")
    return connection


def idle_sockets(count=5000):
    """Memory of a follower of a run that waits for a person."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (count + 200, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    with place() as directory:
        waiting_run(directory)
        server = sluice(directory, "--connections", str(count + 100))
        first = [upgrade(server.port, "/api/ws/waiting") for _ in range(100)]
        before = server.resident()
        rest = [upgrade(server.port, "/api/ws/waiting") for _ in range(count - 100)]
        time.sleep(2)
        each = (server.resident() - before) / len(rest)
        print(f"{count} idle WebSockets: {each:.2f} kB resident each, {server.resident() / 1024:.1f} MB in all")
        for connection in first + rest:
            connection.close()
        server.stop()


def waiting_run(directory):
    shutil.copytree(f"{ROOT}/Pipelines/examples/calc", f"{directory}/calc")
    open(f"{directory}/ask.script.json", "w").write(json.dumps([{"text": "Done."}]))
    open(f"{directory}/ask.yaml", "w").write(
        f"name: ask\ngoal: {{ gate: command, with: {{ command: 'false' }} }}\nhuman: {{ gate: after_check }}\n"
        f"model: scripted/{directory}/ask.script.json\n")
    command = [SLUICE, "run", f"{directory}/ask.yaml", "--cwd", f"{directory}/calc", "--id", "waiting", "--json"]
    subprocess.run(command, env=environment(directory), stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)


# --- Starting -----------------------------------------------------------------------------------------------------

def starting(parked=100_000):
    with place() as directory:
        waiting_run(directory)
        starts = {}
        for name in ("one parked run", f"{parked:,} parked runs"):
            if name != "one parked run":
                multiply(f"{directory}/state/sluice.db", parked)
            samples, memory = [], []
            for _ in range(7):
                server = sluice(directory)
                samples.append(server.first_answer)
                time.sleep(1.5)
                memory.append(server.resident() / 1024)
                server.stop()
            starts[name] = (statistics.median(samples), statistics.median(memory))
        for name, (wall, memory) in starts.items():
            print(f"start to first answer, {name}: {wall:.1f} ms, {memory:.1f} MB resident")


def multiply(path, count):
    """Copies the row of a waiting run, and its history, under many names."""
    with sqlite3.connect(path) as database:
        for table in ("run", "event"):
            columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})") if row[1] != "run"]
            names = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
            key = "run" if "run" in names else "id"
            columns = ", ".join(name for name in names if name != key)
            database.execute(
                f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
                f"INSERT INTO {table} ({key}, {columns}) SELECT 'parked-' || i, {columns} FROM {table}, n "
                f"WHERE {key} = 'waiting'", (count,))


def main():
    if not os.access(SLUICE, os.X_OK):
        sys.exit(f"There is no program '{SLUICE}' to measure. 'make serve-figures' builds one.")
    wanted = sys.argv[2:] or ["fastapi", "nginx", "idle", "start"]
    parts = {"fastapi": compare_with_fastapi, "nginx": compare_with_nginx, "idle": idle_sockets, "start": starting}
    for name in wanted:
        parts[name]()


main()

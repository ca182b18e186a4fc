"""Prints the speed of the server, beside FastAPI and nginx where they are installed.

    serve_figures.py PATH_OF_SLUICE [fastapi] [nginx] [idle] [start] [fanout] [followed]

Both sides of a comparison run in turns, seconds each, and the medians are compared. `idle` and `fanout` are parts of
`sluice bench serve`. `followed` has its clients played by the program Followers beside PATH_OF_SLUICE. Nothing is
asserted: machines differ. After ten minutes it ends in any case, and so do the servers.
"""
import datetime
import http.client
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager

SLUICE = os.path.abspath(sys.argv[1])
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TICK = os.sysconf("SC_CLK_TCK")
PATH = f"{os.path.dirname(sys.executable)}:{os.environ['PATH']}:/usr/sbin"


class Server:
    """A process that listens, and what it has used; ends with the block that it is used in."""

    def __init__(self, command, environment, port=None, directory=None):
        self.began = time.perf_counter()
        self.process = subprocess.Popen(
            command, env=environment, cwd=directory, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True)
        self.port = port or self.announced()
        self.first_answer = None

    def __enter__(self):
        return self

    def __exit__(self, *problem):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.process.stdin.close()

    def announced(self):
        for line in self.process.stdout:
            found = re.search(r"http://[^:]+:(\d+)", line)
            if found:
                return int(found.group(1))
        sys.exit("The server ended before it listened.")

    def wait(self, path):
        """Asks until it answers: milliseconds from exec are in `first_answer`."""
        request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode()
        while self.process.poll() is None:
            try:
                with socket.create_connection(("127.0.0.1", self.port)) as connection:
                    connection.sendall(request)
                    if connection.recv(64).startswith(b"HTTP/1.1 200"):
                        self.first_answer = (time.perf_counter() - self.began) * 1000
                        return self
            except OSError:
                pass
            time.sleep(0.001)
        sys.exit(f"A server ended with {self.process.returncode} before it answered.")

    def cpu(self, workers=True):
        """Processor seconds of the process, and of its children where those are workers that stay."""
        children = []
        if workers:
            command = ["pgrep", "-P", str(self.process.pid)]
            children = subprocess.run(command, capture_output=True, text=True).stdout.split()
        total = 0
        for pid in [self.process.pid, *children]:
            with open(f"/proc/{pid}/stat") as file:
                fields = file.read().rsplit(")", 1)[1].split()
            total += int(fields[11]) + int(fields[12])
        return total / TICK

    def resident(self):
        """Kilobytes."""
        with open(f"/proc/{self.process.pid}/status") as file:
            return int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1))

    def load(self, path, seconds=3, connections=32):
        """Requests a second, and microseconds of processor for each."""
        url = f"http://127.0.0.1:{self.port}{path}"
        before = self.cpu()
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", url]
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        used = self.cpu() - before
        if "Non-2xx" in text:
            sys.exit(f"{url} did not answer with 200:\n{text}")
        rate, count = (re.search(form, text).group(1) for form in (r"Requests/sec:\s+([\d.]+)", r"(\d+) requests in"))
        return float(rate), used / int(count) * 1e6


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def place():
    directory = tempfile.mkdtemp(prefix="sluice-serve-")
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def environment(directory):
    return {"PATH": PATH, "HOME": directory, "SLUICE_STATE": f"{directory}/state"}


def sluice(directory, *options):
    command = [SLUICE, "serve", "--port", "0", "--root", directory, "--log", "off", "--rate", "1000000", *options]
    return Server(command, environment(directory)).wait("/health")


def example(directory):
    """A run of the example that has ended."""
    shutil.copytree(f"{ROOT}/Pipelines/examples/calc", f"{directory}/calc")
    shutil.copy(f"{ROOT}/Pipelines/examples/calc.script.json", f"{directory}/script.json")
    command = [SLUICE, "run", "pytest", "--cwd", f"{directory}/calc", "--model", f"scripted/{directory}/script.json"]
    subprocess.run([*command, "--id", "example"], env=environment(directory), stdout=subprocess.DEVNULL, check=True)


def compare(servers, path, rounds=5):
    """Medians of requests a second and of microseconds of processor, by the servers' names."""
    samples = {name: [] for name in servers}
    for _ in range(rounds):
        for name, server in servers.items():
            samples[name].append(server.load(path))
    medians = {name: [statistics.median(column) for column in zip(*both)] for name, both in samples.items()}
    for name, (rate, cost) in medians.items():
        print(f"GET {path}, {name}: {rate:,.0f} requests/s, {cost:.1f} us of processor each")
    return medians


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
    path = "/api/runs/example"
    with place() as directory, ExitStack() as running:
        example(directory)
        servers = {"sluice": running.enter_context(sluice(directory))}
        connection = http.client.HTTPConnection("127.0.0.1", servers["sluice"].port)
        connection.request("GET", path)
        row = connection.getresponse().read()
        connection.close()
        for name, text in (("row.json", row), ("app.py", FASTAPI.encode())):
            with open(f"{directory}/{name}", "wb") as file:
                file.write(text)
        port = free_port()
        command = [sys.executable, "-m", "uvicorn", "app:app", "--port", str(port), "--log-level", "critical"]
        theirs = running.enter_context(Server([*command, "--no-access-log"], dict(os.environ), port, directory))
        servers["FastAPI"] = theirs.wait(path)
        medians = compare(servers, path)
        ratio = medians["sluice"][0] / medians["FastAPI"][0]
        print(f"  {len(row)} bytes of JSON; ratio of requests/s: {ratio:.1f}")


# --- CPU for each request, beside nginx ---------------------------------------------------------------------------

NGINX = '''
daemon off; worker_processes 1; pid %(place)s/nginx.pid; error_log /dev/null;
events { worker_connections 1024; }
http { access_log off; client_body_temp_path %(place)s/b; proxy_temp_path %(place)s/p; fastcgi_temp_path %(place)s/f;
  uwsgi_temp_path %(place)s/u; scgi_temp_path %(place)s/s; keepalive_requests 1000000000;
  server { listen 127.0.0.1:%(port)d; location = /health { default_type application/json; return 200 '{"status":"ok"}'; } } }
'''


def compare_with_nginx():
    nginx = shutil.which("nginx", path=PATH)
    with place() as directory, ExitStack() as running:
        servers = {"sluice": running.enter_context(sluice(directory))}
        if nginx:
            port = free_port()
            with open(f"{directory}/nginx.conf", "w") as file:
                file.write(NGINX % {"place": directory, "port": port})
            command = [nginx, "-c", f"{directory}/nginx.conf", "-e", "/dev/null"]
            servers["nginx"] = running.enter_context(Server(command, dict(os.environ), port)).wait("/health")
        medians = compare(servers, "/health")
        if nginx:
            print(f"  ratio of processor time: {medians['sluice'][1] / medians['nginx'][1]:.2f}")


# --- Subscribers --------------------------------------------------------------------------------------------------

class Crowd:
    """Followers of a run, played by one process; ends with the block that it is used in."""

    def __init__(self, server, run, *groups):
        program = os.path.join(os.path.dirname(SLUICE), "Followers")
        self.process = subprocess.Popen(
            [program, "--port", str(server.port), "--run", run, "--seconds", "600", "--leave-each", "1000", *groups],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        wanted = sum(int(group.split(":")[2]) for group in groups)
        if self.told("open") != wanted:
            sys.exit("Not every follower was given the stream.")

    def __enter__(self):
        return self

    def __exit__(self, *problem):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    def told(self, name):
        return json.loads(self.process.stdout.readline() or "{}").get(name)

    def ended(self):
        """Has the silent ones read, and waits for all: what each group was told, and processor seconds of the program."""
        self.told("read")
        self.process.stdin.write("read\n")
        reports = [json.loads(line) for line in self.process.stdout]
        _, status, usage = os.wait4(self.process.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        if self.process.returncode != 0:
            sys.exit(f"Followers ended with {self.process.returncode}.")
        return reports, usage.ru_utime + usage.ru_stime


def bench(part, *options):
    """A part of `sluice bench serve`, which plays its clients itself."""
    command = [SLUICE, "bench", "serve", part, *options]
    for line in subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines():
        figures = json.loads(line)
        if figures.pop("ev") == part:
            print(f"{part}: " + ", ".join(f"{name} {value}" for name, value in figures.items()))


def idle_sockets():
    """Memory of a follower of a run that waits for a person."""
    bench("idle", "--subscribers", "5000")


def fan_out():
    """How long the end of a step takes from the moment it ends to that at which a follower has read it."""
    bench("fanout", "--subscribers", "200", "--rate", "500", "--seconds", "10")


def waiting_run(directory):
    shutil.copytree(f"{ROOT}/Pipelines/examples/calc", f"{directory}/calc")
    with open(f"{directory}/ask.script.json", "w") as file:
        json.dump([{"text": "Done."}], file)
    with open(f"{directory}/ask.yaml", "w") as file:
        file.write(
            f"name: ask\ngoal: {{ gate: command, with: {{ command: 'false' }} }}\nhuman: {{ gate: after_check }}\n"
            f"model: scripted/{directory}/ask.script.json\n")
    command = [SLUICE, "run", f"{directory}/ask.yaml", "--cwd", f"{directory}/calc", "--id", "waiting", "--json"]
    subprocess.run(command, env=environment(directory), stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    with sqlite3.connect(f"{directory}/state/sluice.db") as database:
        if database.execute("SELECT status FROM run WHERE id = 'waiting'").fetchone() != ("waiting",):
            sys.exit("The run that should wait for a person does not.")


CROWD = ["healthy:socket:14", "healthy:events:13", "healthy:retrai:13", "silent:socket:2", "silent:events:1",
         "silent:retrai:2", "restless:socket:2", "restless:events:2", "restless:retrai:1"]


def followed():
    """How much slower a run is that fifty follow: forty that read, five that do not, five that come back each second.

    First a run whose commands take 20 ms, as short as those of people are; then one whose commands take nothing; then one
    whose calls only read a file, so that it tells of thousands of events a second, more than any model makes it.
    """
    reading = {"tool": "file_read", "arguments": {"path": "large.txt"}}
    working, nothing = ({"tool": "bash_exec", "arguments": {"command": word}} for word in ("sleep 0.02", "true"))
    compare_followed("works", working, replies=20, calls=5)
    compare_followed("starts commands", nothing, replies=100, calls=5)
    compare_followed("reads", reading, replies=200, calls=10)


def compare_followed(name, call, replies, calls, rounds=9):
    """Compares the times of a run's own events, from the first question to the model on; it stands still until then."""
    with place() as directory:
        prepare_run(directory, [{"calls": [call] * calls}] * replies + [{"text": "Done."}])
        with sluice(directory) as server:
            play(server, directory, "warm", CROWD)
            alone, crowded = [], []
            for number in range(rounds):
                alone.append(play(server, directory, f"alone-{number}", []))
                crowded.append(play(server, directory, f"followed-{number}", CROWD))
    for kind, plays in (("alone", alone), ("followed by 50", crowded)):
        took, used, client, events = (statistics.median(column) for column in zip(*plays))
        print(f"a run that {name}, {kind}: {took * 1000:.0f} ms for {events:.0f} events; processor: server "
              f"{used * 1000:.0f} ms, clients {client * 1000:.0f} ms")
    ratio = statistics.median(many[0] for many in crowded) / statistics.median(one[0] for one in alone)
    print(f"  ratio of the medians of {rounds} rounds: {ratio:.3f}; load average {os.getloadavg()[0]:.1f}")


def prepare_run(directory, script, lines=20):
    """A pipeline that stands still until somebody writes into a pipe, makes its calls, and holds then."""
    gate = 'run="$HOME/$(cat run.txt)"; test -e $run.begun || { cat $run > $run.begun; false; }'
    with open(f"{directory}/reader.yaml", "w") as file:
        file.write(
            f"name: reader\nmodel: scripted/{directory}/script.json\ntools: {{ allow: [file_read, bash_exec] }}\n"
            f"goal:\n  gate: command\n  with: {{ command: '{gate}' }}\n")
    with open(f"{directory}/script.json", "w") as file:
        json.dump(script, file)
    with open(f"{directory}/large.txt", "w") as file:
        file.write("all work and no play makes a dull test\n" * lines)


def play(server, directory, run, groups):
    """Seconds that a run takes, seconds of processor that the server and the clients use meanwhile, and its events."""
    project = f"{directory}/of-{run}"
    os.mkdir(project)
    shutil.copy(f"{directory}/large.txt", project)
    with open(f"{project}/run.txt", "w") as file:
        file.write(run)
    os.mkfifo(f"{directory}/{run}")
    ask(server, "POST", "/api/v1/runs", {"id": run, "pipeline": "reader.yaml", "cwd": f"of-{run}"})
    with ExitStack() as stack:
        crowd = stack.enter_context(Crowd(server, run, *groups)) if groups else None
        before = server.cpu(workers=False)
        with open(f"{directory}/{run}", "w") as pipe:
            pipe.write("go\n")
        client = crowd.ended()[1] if crowd else 0
        while (row := ask(server, "GET", f"/api/v1/runs/{run}"))["status"] in ("running", "waiting"):
            time.sleep(0.1)
        used = server.cpu(workers=False) - before
    if row["status"] != "achieved":
        sys.exit(f"The run '{run}' ended as {row['status']}.")
    return duration(server, run, row["events"]), used, client, row["events"]


def duration(server, run, count):
    path = f"/api/v1/runs/{run}/events?limit=10"
    first = next(event for event in ask(server, "GET", path)["items"] if event["type"] == "model.requested")
    last = ask(server, "GET", f"{path}&after={count - 1}")["items"][0]
    began, ended = (datetime.datetime.fromisoformat(event["at"]) for event in (first, last))
    return (ended - began).total_seconds()


def ask(server, method, path, body=None):
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    connection.request(method, path, body and json.dumps(body), {"Content-Type": "application/json"})
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    if answer.status >= 300:
        sys.exit(f"{method} {path}: {answer.status} {text.decode()}")
    return json.loads(text)


# --- Starting -----------------------------------------------------------------------------------------------------

def starting(parked=100_000, samples=7):
    with place() as directory:
        waiting_run(directory)
        for count in (1, parked):
            if count > 1:
                multiply(f"{directory}/state/sluice.db", count - 1)
            walls, memory = [], []
            for _ in range(samples):
                with sluice(directory) as server:
                    walls.append(server.first_answer)
                    time.sleep(1.5)
                    memory.append(server.resident() / 1024)
            wall, memory = statistics.median(walls), statistics.median(memory)
            print(f"start to first answer, {count:,} parked: {wall:.1f} ms, {memory:.1f} MB resident")


def multiply(path, count):
    """Copies the row of a waiting run, and its history, under many names."""
    with sqlite3.connect(path) as database:
        first = database.execute("SELECT key FROM run WHERE id = 'waiting'").fetchone()[0]
        last = database.execute("SELECT max(key) FROM run").fetchone()[0]
        for table, own in (("run", {"key": "? + i", "id": "'parked-' || i"}), ("event", {"run": "? + i"})):
            names = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
            values = ", ".join(own.get(name, name) for name in names)
            place = "key" if table == "run" else "run"
            database.execute(
                f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) "
                f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM {table}, n WHERE {place} = ?",
                (last, first))


PARTS = {"fastapi": compare_with_fastapi, "nginx": compare_with_nginx, "idle": idle_sockets, "start": starting,
         "fanout": fan_out, "followed": followed}


def main():
    if not os.access(SLUICE, os.X_OK):
        sys.exit(f"There is no program '{SLUICE}' to measure.")
    signal.signal(signal.SIGALRM, lambda *_: sys.exit("It took more than ten minutes."))
    signal.alarm(600)
    for name in sys.argv[2:] or PARTS:
        PARTS[name]()


main()

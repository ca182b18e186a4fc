"""Prints the size and the speed of a release: what a command costs, from exec to exit.

    figures.py PATH_OF_SLUICE

Each figure is the median of several runs, that of an iteration the mean of many. Nothing is asserted: machines differ.
"""
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

SLUICE = os.path.abspath(sys.argv[1])
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))


def once(arguments, environment):
    """Wall milliseconds and peak resident megabytes of one command.

    The peak is asked of time(1): a child of this interpreter would count the interpreter's pages as its own.
    """
    report = f"{environment['HOME']}/peak"
    command = ["/usr/bin/time", "-o", report, "-f", "%M", SLUICE, *arguments]
    begin = time.perf_counter()
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    wall = (time.perf_counter() - begin) * 1000
    with open(report) as file:
        return wall, int(file.read().split()[-1]) / 1024


def median(name, arguments, environment, runs=15):
    results = [once(arguments, environment) for _ in range(runs)]
    wall, peak = (statistics.median(column) for column in zip(*results))
    print(f"{name:44} {wall:8.1f} ms {peak:8.1f} MB")


def long_pipeline(path):
    inputs = "".join(f"  input_{n}: {{ type: string, default: \"x\", help: \"Input number {n}.\" }}\n" for n in range(180))
    with open(path, "w") as file:
        file.write("name: long\ndescription: A long one.\nmodel: scripted/x.json\ninputs:\n" + inputs)
        file.write("goal:\n  gate: command\n  with: { command: \"true\" }\nlimits:\n  iterations: 3\n  wall: 30m\n")
        file.write("tools:\n  allow: [file_read, file_list]\nworkspace:\n  isolation: none\nhuman:\n  gate: never\n")


def first_event(environment, place):
    """Milliseconds from exec to the first event on standard output."""
    samples = []
    for _ in range(9):
        begin = time.perf_counter()
        arguments = ["run", "pytest", "--json", "--cwd", f"{place}/calc", "--model", f"scripted/{place}/script.json"]
        process = subprocess.Popen([SLUICE, *arguments], env=environment, stdout=subprocess.PIPE, text=True)
        process.stdout.readline()
        samples.append((time.perf_counter() - begin) * 1000)
        process.stdout.read()
        process.wait()
        subprocess.run([SLUICE, "rollback", "--to", "0"], env=environment, stdout=subprocess.DEVNULL)
    print(f"{'run, exec to the first event':44} {statistics.median(samples):8.1f} ms")


def iteration(environment, place, where):
    """One whole iteration of a model that patches a file, a snapshot, a rebuilt tree and a gate that says no.

    The model is scripted and the gate is `false`, so what is left is the engine, the store (synchronous=FULL), the
    snapshots, and the start of one process. In memory it is the same without the disk.
    """
    place = f"{place}/iteration"
    os.makedirs(place)
    shutil.copytree(f"{ROOT}/Pipelines/examples/calc", f"{place}/calc")
    environment = {**environment, "SLUICE_STATE": f"{place}/state"}
    rounds = 40
    replies = []
    for number in range(rounds):
        arguments = {"path": "calc.py", "old": f"# {number}\n", "new": f"# {number + 1}\n"}
        replies += [{"calls": [{"tool": "file_patch", "arguments": arguments}]}, {"text": "Done."}]
    with open(f"{place}/patches.json", "w") as file:
        json.dump(replies, file)
    with open(f"{place}/calc/calc.py", "a") as file:
        file.write("# 0\n")
    arguments = ["run", "command", "--set", "command=false", "--iterations", str(rounds), "--json"]
    arguments += ["--cwd", f"{place}/calc", "--model", f"scripted/{place}/patches.json"]
    result = subprocess.run([SLUICE, *arguments], env=environment, stdout=subprocess.PIPE, text=True)
    events = [json.loads(line) for line in result.stdout.splitlines()]
    begins = [time_of(event["at"]) for event in events if event["type"] == "iteration.started"]
    checks = [time_of(event["at"]) for event in events if event["type"] == "check.started"][1:]
    print(f"{'one iteration, scripted model, ' + where:44} {mean(begins[2:], begins[1:-1]):8.1f} ms")
    print(f"{'  of that up to the check, snapshot included':44} {mean(checks[1:], begins[1:]):8.1f} ms")


def mean(ends, begins):
    return statistics.mean(end - begin for end, begin in zip(ends, begins))


def time_of(text):
    from datetime import datetime

    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000


def main():
    if not os.access(SLUICE, os.X_OK):
        sys.exit(f"There is no program '{SLUICE}' to measure. 'make figures' builds one.")
    place = tempfile.mkdtemp(prefix="sluice-figures-")
    try:
        shutil.copytree(f"{ROOT}/Pipelines/examples/calc", f"{place}/calc")
        shutil.copy(f"{ROOT}/Pipelines/examples/calc.script.json", f"{place}/script.json")
        path = f"{ROOT}/.venv/bin:{os.environ['PATH']}"
        environment = {"PATH": path, "HOME": place, "SLUICE_STATE": f"{place}/state"}
        print(f"{'':44} {'wall':>11} {'peak':>11}   (medians)")
        median("sluice version", ["version"], environment)
        long_pipeline(f"{place}/long.yaml")
        lines = sum(1 for _ in open(f"{place}/long.yaml"))
        median(f"sluice lint, a pipeline of {lines} lines", ["lint", f"{place}/long.yaml"], environment)
        first_event(environment, place)
        iteration(environment, place, "on disk")
        if os.path.isdir("/dev/shm"):
            with tempfile.TemporaryDirectory(dir="/dev/shm") as memory:
                iteration(environment, memory, "in memory")
        print(f"{'size of the program':44} {os.path.getsize(SLUICE) / 1e6:8.1f} MB")
    finally:
        shutil.rmtree(place, ignore_errors=True)


main()

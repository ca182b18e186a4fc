"""Prints the size and the speed of a release: what a command costs, from exec to exit.

    figures.py PATH_OF_SLUICE

Each figure is the median of several runs. Nothing is asserted: machines differ.
"""
import json
import os
import resource
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
    """Wall milliseconds and peak resident megabytes of one command."""
    begin = time.perf_counter()
    process = subprocess.Popen([SLUICE, *arguments], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return (time.perf_counter() - begin) * 1000, usage.ru_maxrss / 1024


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


def iteration_overhead(environment, place):
    """What the engine adds to one iteration: all but the model, the tools' programs and the gate's runner.

    Taken from the events' own times: a scripted model and reading tools take next to nothing, so the time between
    events outside a check is the engine's, the store's and git's.
    """
    samples = []
    for _ in range(5):
        arguments = ["run", "pytest", "--json", "--cwd", f"{place}/calc", "--model", f"scripted/{place}/script.json"]
        result = subprocess.run([SLUICE, *arguments], env=environment, stdout=subprocess.PIPE, text=True)
        events = [json.loads(line) for line in result.stdout.splitlines()]
        at = [(event["type"], time_of(event["at"])) for event in events]
        iterations = [index for index, (kind, _) in enumerate(at) if kind == "iteration.started"]
        for index in iterations:
            end = next(i for i in range(index, len(at)) if at[i][0] == "check.started")
            samples.append(at[end - 1][1] - at[index][1])
        subprocess.run([SLUICE, "rollback", "--to", "0"], env=environment, stdout=subprocess.DEVNULL)
    print(f"{'engine in one iteration, check left out':44} {statistics.median(samples):8.1f} ms")


def time_of(text):
    from datetime import datetime

    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000


def main():
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
        iteration_overhead(environment, place)
        print(f"{'size of the program':44} {os.path.getsize(SLUICE) / 1e6:8.1f} MB")
    finally:
        shutil.rmtree(place, ignore_errors=True)


main()

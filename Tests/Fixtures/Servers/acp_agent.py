"""An agent of the Agent Client Protocol, by hand, that does what its argument says.

`work` writes its prompt into a file of the directory and says so, `ask` asks for permission before it writes, `files` asks the
client to read a file, `garbage` prints what is no message, `crash` ends in the middle of a reply, `hang` says a word and then
nothing, `mute` never answers, `old` speaks another version, `login` wants to be signed in, `orphan` leaves a child behind,
`strange` stops for a reason of its own.
"""

import json
import os
import subprocess
import sys
import time

what = sys.argv[1]


def send(**message):
    print(json.dumps({"jsonrpc": "2.0", **message}), flush=True)


def update(session, **members):
    send(method="session/update", params={"sessionId": session, "update": members})


def say(session, text, kind="agent_message_chunk"):
    update(session, sessionUpdate=kind, content={"type": "text", "text": text})


def ask(method, params):
    send(id=77, method=method, params=params)
    return json.loads(sys.stdin.readline())


def write(cwd, text):
    with open(os.path.join(cwd, "made"), "w") as file:
        file.write(text)


def prompt(request, cwd):
    session, text = request["params"]["sessionId"], request["params"]["prompt"][0]["text"]
    say(session, "I look.", "agent_thought_chunk")
    if what == "garbage":
        print("Segmentation fault", flush=True)
        time.sleep(600)
    if what == "crash":
        say(session, "I begin")
        print("out of ideas", file=sys.stderr, flush=True)
        sys.exit(3)
    if what == "hang":
        say(session, "Wait")
        time.sleep(600)
    if what == "orphan":
        child = subprocess.Popen(["sleep", "600"])
        say(session, str(child.pid))
    if what == "ask":
        options = [{"optionId": f"o-{kind}", "kind": kind, "name": kind} for kind in ["allow_always", "allow_once", "reject_once"]]
        call = {"toolCallId": "1", "title": "Write made"}
        answer = ask("session/request_permission", {"sessionId": session, "toolCall": call, "options": options})
        say(session, json.dumps(answer["result"]["outcome"]))
    if what == "files":
        answer = ask("fs/read_text_file", {"sessionId": session, "path": os.path.join(cwd, "a.py")})
        say(session, answer["error"]["message"])
    if what == "work":
        update(session, sessionUpdate="tool_call", toolCallId="1", title="Write made", kind="edit", status="pending")
        write(cwd, text)
        say(session, "Written ")
        say(session, f"in {cwd}.")
    usage = {"inputTokens": 120, "outputTokens": 30, "totalTokens": 150, "cachedReadTokens": 20}
    reason = "because" if what == "strange" else "end_turn"
    send(id=request["id"], result={"stopReason": reason, "usage": usage})


cwd = None
for line in sys.stdin:
    request = json.loads(line)
    method = request.get("method")
    if what == "mute":
        continue
    if method == "initialize":
        assert request["params"]["clientCapabilities"]["fs"] == {"readTextFile": False, "writeTextFile": False}
        send(id=request["id"], result={"protocolVersion": 2 if what == "old" else 1, "agentCapabilities": {}})
    elif method == "session/new" and what == "login":
        send(id=request["id"], error={"code": -32000, "message": "Authentication required."})
    elif method == "session/new":
        cwd = request["params"]["cwd"]
        send(id=request["id"], result={"sessionId": "s1"})
    elif method == "session/prompt":
        prompt(request, cwd)

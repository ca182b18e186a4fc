#!/usr/bin/env python3
"""The hook of a coding agent that asks a person, on a Sluice server, before a tool is used.

Claude Code calls it as a PreToolUse hook, with JSON on standard input. What is not allowed, and what nobody could be asked
about, is blocked: it ends with 2 then, which is the one status that keeps the tool from being used, and so it does when it is told to end.
Needs Python 3.8 or newer, and nothing besides.

  M_SERVER_URL      where the server is: http://127.0.0.1:8000
  M_RUN_ID          the run that the agent works in
  M_RUN_TOKEN       its token, which may ask and answer nothing: GET /api/runs/ID/token. M_API_KEY where there is none.
  M_APPROVAL_TOOLS  tools that a person allows (Edit Write MultiEdit Bash NotebookEdit)
  M_INPUT_TOOLS     tools that ask a person for words (AskUserQuestion)
  M_HOOK_TIMEOUT    seconds until it gives up and blocks (3500); fewer than the agent gives its hooks
"""

import json
import os
import signal
import sys
import time
import urllib.error
import urllib.request
import uuid

VERSION = "1"
BLOCKED = 2  # any other status lets the tool be used


def block(reason):
    """Ends with what the agent is told."""
    print(json.dumps({"decision": "block", "message": reason}))
    print(reason, file=sys.stderr)
    sys.exit(BLOCKED)


def stop(number, _):
    """Ends at once, wherever it is: what is ended by a signal itself keeps no tool from being used."""
    os.write(2, f"The hook was ended by {signal.Signals(number).name}.\n".encode())
    os._exit(BLOCKED)


def give_up(*_):
    raise TimeoutError("no answer in time")


def allow(decision):
    answer = {"decision": "allow", **decision}
    if decision.get("response") is not None:
        # The tool itself cannot be answered; what the person said reaches the agent as the reason why it is not used.
        block("The person answers: " + decision["response"])
    answer["hookSpecificOutput"] = {
        "hookEventName": "PreToolUse",
        "permissionDecision": "allow",
        "permissionDecisionReason": decision.get("message", "A person has allowed it."),
    }
    print(json.dumps(answer))
    sys.exit(0)


def read_call():
    """The tool and what it is to be used with, by the names of Claude Code and by those of Project M."""
    call = json.load(sys.stdin)
    tool = call.get("tool_name", call.get("tool"))
    if not isinstance(tool, str) or not tool:
        raise ValueError("there is neither a 'tool_name' nor a 'tool' in it")
    return tool, call.get("tool_input", call.get("input", {}))


def ask(url, token, body, seconds):
    """What the server has decided; asked again with the same id until it has."""
    headers = {"Content-Type": "application/json", "X-M-Hook-Version": VERSION, "X-M-Request-ID": body["request_id"]}
    if token:
        headers["Authorization"] = "Bearer " + token
    end, pause, last = time.monotonic() + seconds, 1, "no answer"
    while True:
        left = end - time.monotonic()
        if left <= 0:
            raise TimeoutError(last)
        request = urllib.request.Request(url, json.dumps(body).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=max(1, left)) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            text = error.read().decode("utf-8", "replace")
            try:
                answer = json.loads(text)
            except ValueError:
                answer = {}
            if error.code == 409 and "decision" in answer:
                return answer
            said = answer.get("error", {})
            last = said.get("message", text) if isinstance(said, dict) else text
            if error.code == 504:
                continue
            if error.code not in (408, 429) and error.code < 500:
                raise PermissionError(last) from None
        except (OSError, ValueError) as error:
            last = str(error)
        time.sleep(min(pause, max(0, end - time.monotonic())))
        pause = min(pause * 2, 30)


def main():
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, stop)
    try:
        tool, given = read_call()
    except (ValueError, AttributeError) as error:
        block(f"What the hook was given is no call of a tool: {error}.")
    words = os.environ.get
    approved = words("M_APPROVAL_TOOLS", "Edit Write MultiEdit Bash NotebookEdit").split()
    asking = words("M_INPUT_TOOLS", "AskUserQuestion").split()
    if tool not in approved and tool not in asking:
        print(json.dumps({"decision": "allow"}))
        return
    run, server = words("M_RUN_ID"), words("M_SERVER_URL")
    if not run or not server:
        block("M_RUN_ID and M_SERVER_URL are not set, so nobody can be asked.")
    body = {
        "run_id": run,
        "type": "approval" if tool in approved else "input",
        "tool": tool,
        "request_id": str(uuid.uuid4()),
        "payload": given,
    }
    url = server.rstrip("/") + "/api/internal/interaction-request"
    try:
        seconds = float(words("M_HOOK_TIMEOUT", "3500"))
        signal.signal(signal.SIGALRM, give_up)
        signal.setitimer(signal.ITIMER_REAL, seconds)  # each Continue of the server lets urllib wait anew
        decision = ask(url, words("M_RUN_TOKEN") or words("M_API_KEY"), body, seconds)
    except PermissionError as error:
        block(f"The server does not take the question: {error}")
    except (TimeoutError, ValueError, OSError) as error:
        block(f"Nobody could be asked: {error}")
    if isinstance(decision, dict) and decision.get("decision") == "allow":
        allow(decision)
    block((decision.get("message") if isinstance(decision, dict) else None) or "A person has not allowed it.")


# Whatever goes wrong that nobody thought of is a no as well.
try:
    main()
except Exception as error:  # pylint: disable=broad-except
    block(f"The hook has failed: {error!r}")

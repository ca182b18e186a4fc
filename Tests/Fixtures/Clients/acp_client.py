"""Drives `sluice acp` with the official client of the Agent Client Protocol, and prints one line of JSON a step.

    acp_client.py CHOICE SLUICE [ARGUMENTS...]

CHOICE is the kind of option that the person takes when asked: `allow_once`, `allow_always`, `reject_once`, or `dismiss`.
The steps are read from standard input, one JSON object a line: {"new": DIRECTORY}, {"load": SESSION, "cwd": DIRECTORY},
{"prompt": TEXT} or {"prompt": [BLOCKS]}, with {"cancel_on": KIND} for one that is cancelled with the first such update.
"""

import asyncio
import json
import os
import sys

import acp
from acp import schema

choice, command, *arguments = sys.argv[1:]


def say(**members):
    print(json.dumps(members), flush=True)


def plain(model):
    return model.model_dump(mode="json", by_alias=True, exclude_none=True)


class Editor(acp.Client):
    cancel_on = None

    def on_connect(self, conn):
        self.agent = conn

    async def session_update(self, session_id, update, **more):
        say(update=plain(update))
        if self.cancel_on == update.session_update:
            self.cancel_on = None
            await self.agent.cancel(session_id=session_id)

    async def request_permission(self, session_id, tool_call, options, **more):
        say(asked=plain(tool_call), options=[option.kind for option in options])
        for option in options:
            if option.kind == choice:
                return schema.RequestPermissionResponse(
                    outcome=schema.AllowedOutcome(outcome="selected", option_id=option.option_id)
                )
        return schema.RequestPermissionResponse(outcome=schema.DeniedOutcome(outcome="cancelled"))


async def step(agent, editor, order, session):
    if "new" in order:
        session = (await agent.new_session(cwd=order["new"], mcp_servers=[])).session_id
        say(session=session)
    elif "load" in order:
        await agent.load_session(cwd=order["cwd"], session_id=order["load"], mcp_servers=[])
        session = order["load"]
        say(loaded=session)
    else:
        blocks = order["prompt"]
        if isinstance(blocks, str):
            blocks = [{"type": "text", "text": blocks}]
        request = schema.PromptRequest.model_validate({"sessionId": session or "none", "prompt": blocks})
        editor.cancel_on = order.get("cancel_on")
        result = await agent.prompt(session_id=request.session_id, prompt=request.prompt)
        say(stop=result.stop_reason)
    return session


async def main():
    editor = Editor()
    async with acp.spawn_agent_process(editor, command, *arguments, env=dict(os.environ)) as (agent, process):
        about = await agent.initialize(
            protocol_version=1, client_info=schema.Implementation(name="trial", version="1")
        )
        say(protocol=about.protocol_version, capabilities=plain(about.agent_capabilities))
        session = None
        loop = asyncio.get_running_loop()
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            try:
                session = await step(agent, editor, json.loads(line), session)
            except acp.RequestError as error:
                say(error=str(error))


asyncio.run(main())

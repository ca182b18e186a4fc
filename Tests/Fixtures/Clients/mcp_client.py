"""Drives `sluice mcp` with the official client of the Model Context Protocol, and prints one line of JSON a step.

    mcp_client.py MODE ANSWER SLUICE [ARGUMENTS...]

MODE is `legacy` or a revision; ANSWER is what the person says to each form, `approve`, `refuse` or `cancel`, or `nobody`
for a client without forms. The steps are read from standard input, one JSON object a line: {"tool": ..., "arguments": ...},
with "progress": true where it is to be told how far the call is.
"""

import asyncio
import json
import sys

import mcp_types as types
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters

mode, answer, command, *arguments = sys.argv[1:]


def say(**members):
    print(json.dumps(members), flush=True)


async def person(context, params):
    say(asked=params.message, schema=params.requested_schema)
    if answer == "cancel":
        return types.ElicitResult(action="cancel")
    return types.ElicitResult(action="accept", content={"decision": answer, "message": "said in a form"})


async def step(client, order):
    told = []

    async def progress(done, total, message):
        told.append(message)

    try:
        result = await client.call_tool(
            order["tool"], order.get("arguments", {}), progress_callback=progress if order.get("progress") else None
        )
    except Exception as error:
        return say(error=str(error))
    texts = [block.text for block in result.content]
    say(is_error=bool(result.is_error), texts=texts, value=result.structured_content, progress=told)


async def main():
    import os

    server = StdioServerParameters(command=command, args=arguments, env=dict(os.environ))
    forms = None if answer == "nobody" else person
    async with Client(server, mode=mode, elicitation_callback=forms) as client:
        say(protocol=client.session.protocol_version)
        tools = await client.list_tools()
        say(tools=[tool.name for tool in tools.tools], strict=all(not tool.input_schema.get("additionalProperties", True) for tool in tools.tools))
        loop = asyncio.get_running_loop()
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            await step(client, json.loads(line))


asyncio.run(main())

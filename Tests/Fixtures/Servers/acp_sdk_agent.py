"""An agent on the official library of the Agent Client Protocol: asks for permission, writes a file, and says what it did."""

import asyncio
import os
import uuid

import acp
from acp import schema


class Agent(acp.Agent):
    def on_connect(self, conn):
        self.client = conn

    async def initialize(self, protocol_version, client_capabilities=None, client_info=None, **more):
        return acp.InitializeResponse(protocol_version=1)

    async def new_session(self, cwd, mcp_servers=None, **more):
        self.cwd = cwd
        return acp.NewSessionResponse(session_id=uuid.uuid4().hex)

    async def prompt(self, session_id, prompt, **more):
        options = [
            schema.PermissionOption(option_id="yes", name="Yes", kind="allow_once"),
            schema.PermissionOption(option_id="no", name="No", kind="reject_once"),
        ]
        call = schema.ToolCallUpdate(tool_call_id="1", title="Write made")
        answer = await self.client.request_permission(session_id=session_id, tool_call=call, options=options)
        if answer.outcome.outcome == "selected" and answer.outcome.option_id == "yes":
            with open(os.path.join(self.cwd, "made"), "w") as file:
                file.write("by the library\n")
            await self.client.session_update(session_id, acp.update_agent_message_text("I wrote it."))
        else:
            await self.client.session_update(session_id, acp.update_agent_message_text("I was not let."))
        return acp.PromptResponse(stop_reason="end_turn")


asyncio.run(acp.run_agent(Agent()))

"""A server written with the official library; its revisions, transports and mistakes are the library's.

    mcp_sdk_server.py stdio|http|http-json|http-stateless
"""

import socket
import sys

import uvicorn
from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from pydantic import BaseModel

server = MCPServer("sdk")


class Sum(BaseModel):
    value: int


@server.tool()
def add(a: int, b: int) -> int:
    """Adds two numbers."""
    return a + b


@server.tool()
def add_structured(a: int, b: int) -> Sum:
    """Adds two numbers, with a schema for the sum."""
    return Sum(value=a + b)


@server.tool()
def names() -> list[str]:
    """Gives two names."""
    return ["ada", "grace"]


@server.tool()
async def slow(context: Context) -> str:
    """Tells how far it is."""
    for step in range(1, 4):
        await context.report_progress(step, 3, f"step {step}")
    return "done"


@server.tool()
def fail() -> str:
    """Fails."""
    raise ValueError("The disk is full.")


@server.resource("note:///one")
def one() -> str:
    """The first note."""
    return "remember"


@server.prompt()
def review(code: str) -> str:
    """Reviews some code."""
    return f"Review {code}."


def main():
    kind = sys.argv[1]
    if kind == "stdio":
        return server.run("stdio")
    app = server.streamable_http_app(json_response=kind == "http-json", stateless_http=kind == "http-stateless")
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    print(listener.getsockname()[1], flush=True)
    uvicorn.Server(uvicorn.Config(app, log_level="error")).run(sockets=[listener])


main()

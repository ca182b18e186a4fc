"""LiteLLM's proxy on 127.0.0.1, before `faulty_server.py` at the port that is given, and before mocks of its own.

Prints its port and serves until it is ended. The key is in LITELLM_MASTER_KEY. Nothing is fetched: the table of models
and prices is the one it comes with.
"""

import json
import os
import socket
import sys
import tempfile

os.environ.update(LITELLM_LOCAL_MODEL_COST_MAP="True", LITELLM_TELEMETRY="False", DISABLE_ADMIN_UI="True")

BEHIND = {"plain": "plain/-", "works": "works/-", "calls": "calls/3", "limited": "limited/seconds",
          "overloaded": "overloaded/-", "gives-up": "gives_up/-", "html": "html/200-OK"}
MOCKS = {"mock": "Grüße, Ada. All is well.", "mock-limited": "litellm.RateLimitError",
         "mock-context": "litellm.ContextWindowExceededError", "mock-broken": "litellm.InternalServerError"}


def config(port):
    def model(name, **more):
        return {"model_name": name, "litellm_params": {"model": "openai/gpt-4o", "api_key": "none", **more}}

    behind = [model(name, api_base=f"http://127.0.0.1:{port}/{path}/v1") for name, path in BEHIND.items()]
    mocks = [model(name, mock_response=words) for name, words in MOCKS.items()]
    return {"model_list": behind + mocks, "router_settings": {"num_retries": 0}, "litellm_settings": {"num_retries": 0},
            "general_settings": {"master_key": "os.environ/LITELLM_MASTER_KEY"}}


def main():
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(64)
    with tempfile.NamedTemporaryFile("w", suffix=".yaml", delete=False) as file:
        json.dump(config(int(sys.argv[1])), file)  # what is JSON is YAML, too
    os.environ["CONFIG_FILE_PATH"] = file.name
    print(listener.getsockname()[1], flush=True)  # whoever connects before it has started waits
    sys.stdout = sys.stderr
    import uvicorn
    from litellm.proxy.proxy_server import app
    try:
        uvicorn.Server(uvicorn.Config(app, log_level="error")).run(sockets=[listener])
    finally:
        os.unlink(file.name)


main()

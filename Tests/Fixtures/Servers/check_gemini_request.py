"""Checks a request of the Gemini interface on standard input against the types of Google's own library.

Prints `ok`, or what is wrong. A member that the types do not know is wrong too; the request to the service puts into
groups what the library takes side by side.
"""

import json
import sys

from google.genai import types
from pydantic import ValidationError

request = json.load(sys.stdin)
try:
    for content in request.pop("contents"):
        types.Content.model_validate(content)
    if "systemInstruction" in request:
        types.Content.model_validate(request.pop("systemInstruction"))
    for tool in request.pop("tools", []):
        types.Tool.model_validate(tool)
    types.GenerateContentConfig.model_validate(request.pop("generationConfig", {}))
    print(f"unknown members: {request}" if request else "ok")
except ValidationError as error:
    print(error)

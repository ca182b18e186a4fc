"""Checks a chat-completions request on standard input against the types of OpenAI's own library.

Prints `ok`, or what is wrong. A member that the types do not know is wrong too.
"""

import json
import sys

from openai.types.chat.completion_create_params import CompletionCreateParamsStreaming
from pydantic import TypeAdapter, ValidationError


def plain(value):
    """The value with its lazy parts read, which is when the library checks them."""
    if isinstance(value, dict):
        return {key: plain(member) for key, member in value.items()}
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    return [plain(element) for element in value]


request = json.load(sys.stdin)
try:
    known = plain(TypeAdapter(CompletionCreateParamsStreaming).validate_python(request))
    print("ok" if known == request else f"unknown members: {request} is read as {known}")
except ValidationError as error:
    print(error)

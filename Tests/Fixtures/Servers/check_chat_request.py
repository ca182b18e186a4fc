"""Checks a chat-completions request on standard input against the types of OpenAI's own library."""

from openai.types.chat.completion_create_params import CompletionCreateParamsStreaming
from vendor_types import check

check(CompletionCreateParamsStreaming)

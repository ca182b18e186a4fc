"""Checks a request of the Responses interface on standard input against the types of OpenAI's own library."""

from openai.types.responses.response_create_params import ResponseCreateParamsStreaming
from vendor_types import check

check(ResponseCreateParamsStreaming)

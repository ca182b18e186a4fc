"""Checks a request of the Messages interface on standard input against the types of Anthropic's own library."""

from anthropic.types.message_create_params import MessageCreateParamsStreaming
from vendor_types import check

check(MessageCreateParamsStreaming)

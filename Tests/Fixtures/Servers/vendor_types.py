"""Checks a request on standard input against a type of a vendor's own library."""

import json
import sys

from pydantic import TypeAdapter, ValidationError


def plain(value):
    """The value with its lazy parts read, which is when the libraries check them."""
    if isinstance(value, dict):
        return {key: plain(member) for key, member in value.items()}
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    return [plain(element) for element in value]


def check(kind):
    """Prints `ok`, or what is wrong. A member that the type does not know is wrong too."""
    request = json.load(sys.stdin)
    adapter = TypeAdapter(kind)  # has to live as long as the lazy parts are read
    try:
        known = plain(adapter.validate_python(request))
        print("ok" if known == request else f"unknown members: {request} is read as {known}")
    except ValidationError as error:
        print(error)

"""Validates YAML documents against a JSON Schema: schema.py SCHEMA FILE...

Prints a line of JSON for each file: where its mistakes are, none for a valid one.
"""

import json
import re
import sys

import jsonschema
import yaml


class Core(yaml.SafeLoader):
    """The core schema of YAML 1.2, as editors and Sluice read it: `off` is a text, and so is a date."""

    yaml_implicit_resolvers = {}


for tag, pattern, first in [
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
]:
    Core.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"), list(first))


def leaves(error):
    """The errors below one of several ways, of which none would do."""
    if not error.context:
        return [error]
    return [error] + [leaf for inner in error.context for leaf in leaves(inner)]


def main(schema, files):
    with open(schema, encoding="utf-8") as file:
        validator = jsonschema.Draft202012Validator(json.load(file))
    validator.check_schema(validator.schema)
    for name in files:
        with open(name, encoding="utf-8") as file:
            document = yaml.load(file, Core)
        errors = [leaf for error in validator.iter_errors(document) for leaf in leaves(error)]
        places = {".".join(map(str, error.absolute_path)): error.message[:300] for error in errors}
        print(json.dumps({"file": name, "mistakes": places}))


main(sys.argv[1], sys.argv[2:])

#!/usr/bin/env python3
"""Checks an OpenAPI 3.1 description, and requests and answers against it.

    check-answers.py DESCRIPTION EXCHANGES

EXCHANGES has a JSON object per line with the members method, route, status, request (null without a body) and answer.
Prints what is wrong; the exit status is 0 when nothing is.
"""

import json
import sys

import jsonschema_rs
import openapi_spec_validator

FORMATS = dict(validate_formats=True)


def main(description_path, exchanges_path):
    with open(description_path, encoding="utf-8") as file:
        description = json.load(file)
    openapi_spec_validator.validate(description)
    with open(exchanges_path, encoding="utf-8") as file:
        exchanges = [json.loads(line) for line in file]
    findings = [finding for exchange in exchanges for finding in check(description, exchange)]
    for finding in findings:
        print(finding)
    done = {(exchange["method"], exchange["route"]) for exchange in exchanges if exchange["status"] < 300}
    print(f"{len(exchanges)} answers of {len(done)} operations checked")
    return 1 if findings or not exchanges else 0


def check(description, exchange):
    operation = description["paths"][exchange["route"]][exchange["method"].lower()]
    name = f"{exchange['method']} {exchange['route']} {exchange['status']}"
    response = operation["responses"].get(str(exchange["status"]))
    if response is None:
        yield f"{name}: not described"
        return
    if "$ref" in response:
        response = description["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
    yield from errors(description, name, response, exchange["answer"])
    if exchange["status"] < 300 and exchange["request"] is not None:
        yield from errors(description, f"{name}, request", operation["requestBody"], exchange["request"])


def errors(description, name, holder, instance):
    schema = {**holder["content"]["application/json"]["schema"], "components": description["components"]}
    for error in jsonschema_rs.Draft202012Validator(schema, **FORMATS).iter_errors(instance):
        yield f"{name}: {'.'.join(map(str, error.instance_path))}: {error.message}"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

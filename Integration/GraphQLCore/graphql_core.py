#!/usr/bin/env python3
"""What Python's graphql-core says about documents, to compare ours with.

    graphql_core.py SCHEMA generate SEED COUNT        documents made at random, each with its verdict
    graphql_core.py SCHEMA rewrite FILE               verdicts for a file of lines {"document": …}, in place
    graphql_core.py introspection-query               the query that its own clients send
    graphql_core.py SCHEMA introspected ANSWER        0 when a client's schema made from the answer is SCHEMA

SCHEMA is a file in the schema definition language. A verdict is {"document", "syntax": [line, column]} for what is no
document, {"document", "invalid": [[line, column], …]} with the places of all errors, {"document", "conflict": …} where
all that is wrong is that fragments contain themselves or fields can't be merged, or {"document"}, with the JSON text
"data" of the answer where echo and sum are all that is asked for.
"""

import json
import sys

from graphql import (
    GraphQLError,
    GraphQLSyntaxError,
    build_client_schema,
    build_schema,
    execute_sync,
    get_introspection_query,
    lexicographic_sort_schema,
    print_schema,
    validate,
)
from graphql.language import StringValueNode
from graphql.language.parser import Parser
from graphql.validation import specified_rules

from document_generator import DocumentGenerator


def main(arguments):
    if arguments == ["introspection-query"]:
        print(get_introspection_query(specified_by_url=True, schema_description=True, input_value_deprecation=True))
        return 0
    path, command, *rest = arguments
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if command == "introspected":
        with open(rest[0], encoding="utf-8") as file:
            client = build_client_schema(json.load(file)["data"])
        ours, theirs = (print_schema(lexicographic_sort_schema(schema)) for schema in (client, build_schema(text)))
        if ours != theirs:
            print(ours)
        return 0 if ours == theirs else 1
    schema = build_schema(text)
    schema.type_map["Day"].parse_literal = parse_day
    if command == "rewrite":
        with open(rest[0], encoding="utf-8") as file:
            lines = [verdict(schema, json.loads(line)["document"]) for line in file if line.strip()]
        with open(rest[0], "w", encoding="utf-8") as file:
            file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    else:
        seed, count = map(int, rest)
        for document in DocumentGenerator(schema, seed).documents(count):
            print(json.dumps(verdict(schema, document)))
    return 0


class October2021Parser(Parser):
    """Without the descriptions that later versions of the specification allow in documents."""

    def peek_description(self):
        return False


def parse_day(node, variables=None):
    if not isinstance(node, StringValueNode) or len(node.value.encode()) != 10:
        raise GraphQLError("no day", node)
    return node.value


def verdict(schema, text):
    try:
        document = October2021Parser(text).parse_document()
    except GraphQLSyntaxError as error:
        return {"document": text, "syntax": list(error.locations[0])}
    # Its limit on nested introspection is no part of the specification; ours is the number of values.
    rules = [rule for rule in specified_rules if rule.__name__ != "MaxIntrospectionDepthRule"]
    # Cycles of fragments and fields that can't be merged are looked for in documents that are right otherwise.
    cycles = [rule for rule in rules if rule.__name__ == "NoFragmentCyclesRule"]
    merging = [rule for rule in rules if rule.__name__ == "OverlappingFieldsCanBeMergedRule"]
    others = [rule for rule in rules if rule not in cycles + merging]
    for name, part in ("invalid", others), ("conflict", cycles), ("conflict", merging):
        errors = validate(schema, document, part)
        if errors:
            places = {tuple(location) for error in errors for location in error.locations or []}
            return {"document": text, name: [list(place) for place in sorted(places)]}
    result = {"document": text}
    answer = execute_sync(schema, document, {"echo": lambda _, text: text, "sum": add_up}).data
    if answer and all(isinstance(value, (str, int)) for value in answer.values()):
        result["data"] = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
    return result


def add_up(_, rows=None, scale=None, on=None):
    return None if rows is None else sum(number for row in rows if row is not None for number in row)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Documents made at random for a schema: most nearly right, some broken in their text."""

import random
import re

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    get_named_type,
    is_leaf_type,
    is_object_type,
)

WRONG_VALUES = ["1", "-0", "2.5", '"text"', '"2026-01-31"', "true", "null", "[]", "[[1]]", "{}", "{a: 1}", "NOVEL", "COMIC"]
TEXTS = ['"a"', '""', r'"\u00e9\n\"\\"', r'"\u{1F600}\ud83d\ude00"', '"""\n    two\n      lines \\"""\n  """', '"é😀"']
NAMES = ["a", "b", "name", "title", "x1", "_y", "on", "query", "fragment", "type"]


class DocumentGenerator:
    def __init__(self, schema, seed):
        self.schema = schema
        self.random = random.Random(seed)

    def documents(self, count):
        for _ in range(count):
            text = self.document()
            for _ in range(self.random.choice([0, 0, 0, 0, 0, 1, 2])):
                text = self.broken(text)
            yield text

    def chance(self, probability):
        return self.random.random() < probability

    def document(self):
        self.variables = {}
        self.fragments = {}
        self.aliases = 0
        operations = [self.operation() for _ in range(self.random.choice([1, 1, 1, 1, 2]))]
        definitions = operations + [
            f"fragment {name} on {condition} {body}" for name, (condition, body) in self.fragments.items()
        ]
        if self.chance(0.02):
            definitions.append("fragment Alone on Book { id ...Alone }")
        self.random.shuffle(definitions)
        return self.random.choice([" ", "\n", "\r\n", "\n# note\n"]).join(definitions)

    def operation(self):
        self.variables = {}
        body = self.selections(self.schema.query_type, 3)
        if not self.variables and self.chance(0.6):
            return self.random.choice(["", "", "query "]) + body
        definitions = [f"${name}: {definition}" for name, definition in self.variables.items() if not self.chance(0.02)]
        if self.chance(0.03):
            definitions.append(self.random.choice(["$a: Int", "$unused: Genre = NOVEL", "$o: Book", "$n: Nothing"]))
        name = self.random.choice(["", "Q", "R", "S", "T"])
        variables = f"({', '.join(definitions)})" if definitions else ""
        return f"query {name}{variables}{self.directives(0.03)} {body}"

    def selections(self, type_, depth):
        items = [self.selection(type_, depth) for _ in range(self.random.randint(1, 4))]
        return "{ " + self.random.choice([" ", ", ", "\n  "]).join(items) + " }"

    def selection(self, type_, depth):
        kind = self.random.random()
        if kind < 0.08:
            condition = "" if self.chance(0.3) else f" on {self.condition(type_)}"
            return f"...{condition}{self.directives(0.2)} {self.selections(type_, depth - 1)}"
        if kind < 0.2:
            name = self.random.choice("FG") + ("" if self.chance(0.03) else type_.name)
            if name not in self.fragments and not self.chance(0.02):
                # Known from here on, so that it may turn up within itself, now and then.
                body = "{ __typename }"
                if self.chance(0.1):
                    self.fragments[name] = (type_.name, body)
                body = self.selections(type_, depth - 1)
                self.fragments[name] = (self.condition(type_), body)
            return f"...{name}{self.directives(0.1)}"
        return self.field(type_, depth)

    def condition(self, type_):
        return self.random.choice(["Author", "Query", "Genre", "Nothing"]) if self.chance(0.02) else type_.name

    def field(self, type_, depth):
        alias = self.random.choice(NAMES) + ": " if self.chance(0.1) else ""
        if alias == "" and self.chance(0.3):
            self.aliases += 1
            alias = f"u{self.aliases}: "
        if self.chance(0.02):
            return alias + self.random.choice(["missing", "__typename", "__schema { queryType { name } }", "type { id }"])
        fields = [
            (name, field) for name, field in type_.fields.items() if depth > 0 or is_leaf_type(get_named_type(field.type))
        ]
        if not fields:
            return alias + "__typename"
        name, field = self.random.choice(fields)
        inner = get_named_type(field.type)
        has_selections = is_object_type(inner) != self.chance(0.01)
        inner = inner if is_object_type(inner) else type_
        selections = " " + self.selections(inner, depth - 1) if has_selections else ""
        return f"{alias}{name}{self.arguments(field)}{self.directives(0.08)}{selections}"

    def arguments(self, field):
        arguments = []
        for name, argument in field.args.items():
            required = isinstance(argument.type, GraphQLNonNull)
            if self.chance(0.99 if required else 0.5):
                arguments.append(f"{name}: {self.value(argument.type)}")
        if self.chance(0.01):
            arguments.append(self.random.choice(["extra: 1", *arguments[:1]]))
        self.random.shuffle(arguments)
        return f"({', '.join(arguments)})" if arguments else ""

    def directives(self, probability):
        if not self.chance(probability):
            return ""
        condition = self.value(GraphQLNonNull(self.schema.type_map["Boolean"]))
        name = self.random.choice(["skip", "include"])
        good = f" @{name}(if: {condition})"
        return self.random.choice([good] * 20 + [good + good, " @unknown(a: 1)", " @deprecated", " @skip"])

    def value(self, type_, nesting=0):
        if self.chance(0.015):
            return self.random.choice(WRONG_VALUES)
        if self.chance(0.15):
            return "$" + self.variable(type_)
        if isinstance(type_, GraphQLNonNull):
            return self.value(type_.of_type, nesting)
        if nesting == 0 and self.chance(0.04):
            return "null"
        if isinstance(type_, GraphQLList):
            if self.chance(0.2) or nesting > 3:
                return self.value(type_.of_type, nesting + 1)
            return "[" + " ".join(self.value(type_.of_type, nesting + 1) for _ in range(self.random.randint(0, 3))) + "]"
        if isinstance(type_, GraphQLEnumType):
            return self.random.choice(list(type_.values))
        if isinstance(type_, GraphQLInputObjectType):
            fields = [
                f"{name}: {self.value(field.type, nesting + 1)}"
                for name, field in type_.fields.items()
                if self.chance(0.9 if isinstance(field.type, GraphQLNonNull) else 0.3)
            ]
            return "{" + ", ".join(fields) + "}"
        return self.random.choice(
            {
                "Int": ["0", "1", "-7", "2147483647", "-2147483648"],
                "Float": ["1", "1.5", "-0.0", "1e3", "6.02E+23"],
                "Boolean": ["true", "false"],
                "ID": ["1", '"b"'],
                "Day": ['"2026-01-31"'],
            }.get(type_.name, TEXTS)
        )

    def variable(self, type_):
        spelled = str(type_)
        name = self.random.choice("ab") + re.sub(r"\W", lambda sign: str("[]!".index(sign.group())), spelled)
        if self.chance(0.03):
            name = self.random.choice(["a", "b"])
        if name not in self.variables:
            if self.chance(0.08):
                spelled = self.random.choice([spelled.rstrip("!"), spelled + "!", f"[{spelled}]", "Int", "String"])
                spelled = spelled.replace("!!", "!")
            default = f" = {self.random.choice(WRONG_VALUES)}" if self.chance(0.03) else ""
            self.variables[name] = spelled + default
        return name

    def broken(self, text):
        """The text with one token or character less, more, or elsewhere."""
        tokens = re.findall(r"\"(?:[^\"\\\n]|\\.)*\"|\w+|\.\.\.|\s+|.", text)
        position = self.random.randrange(len(tokens))
        kind = self.random.randrange(5)
        if kind == 0:
            del tokens[position]
        elif kind == 1:
            tokens.insert(position, tokens[position])
        elif kind == 2:
            tokens.insert(position, self.random.choice(list("{}()[]:=!$@|&.,#\"\\'0-9e ") + ["...", "on", "1.", "\ufeff", "\x01", "é", '"""']))
        elif kind == 3:
            other = self.random.randrange(len(tokens))
            tokens[position], tokens[other] = tokens[other], tokens[position]
        else:
            return text[: self.random.randrange(len(text))] or "{"
        return "".join(tokens) or " "

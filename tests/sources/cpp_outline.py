"""The outline of a C++ file: its classes, functions, tests and lambdas with their first and last lines, and what it
declares without a body. It needs no compiler and looks up no names: brackets and the few tokens before a brace decide.
tests/sources/outlines.py shows what it understands."""

import re
from dataclasses import dataclass, field

from cpp_statements import TESTS, declared, lambda_at, opened, opening, parameter_count, parameters_at, class_name
from cpp_text import Token, code_of, line_of, tokens_of, without_directives

ACCESS = {"public", "private", "protected"}
FUNCTIONS = {"function", "test", "lambda"}


@dataclass
class Item:
    kind: str  # "class", "function", "test", "lambda"
    name: tuple  # with the namespaces and classes around it
    first: int  # line
    last: int = 0  # 0: only declared
    parameters: int = 0
    is_special: bool = False  # a template specialisation
    begin: int = 0  # the body is text[begin:end]
    end: int = 0

    @property
    def length(self):
        return self.last - self.first + 1


@dataclass
class Level:
    """What lies between two braces."""
    kind: str
    item: Item = None
    path: list = field(default_factory=list)
    head: list = field(default_factory=list)  # the statement so far
    depth: int = 0  # of brackets in it

    def add(self, token):
        self.depth -= token.text in (")", "]")
        self.depth = max(self.depth, 0)
        token.depth = self.depth
        self.depth += token.text in ("(", "[")
        self.head.append(token)

    def begin(self):
        self.head, self.depth = [], 0


class Reader:
    def __init__(self, text):
        self.text = text
        self.code = without_directives(code_of(text))
        self.items = []
        self.levels = [Level("scope")]

    def read(self):
        for token in tokens_of(self.code):
            level = self.levels[-1]
            if ends_macro(level, token, self.code):
                level.begin()
            if token.text == "{":
                self.open(level, token)
            elif token.text == "}":
                self.close(token)
            elif token.text == ";" and level.depth == 0:
                self.declare(level)
                level.begin()
            elif token.text == "," and level.depth == 0 and level.kind == "values":
                level.begin()
            else:
                level.add(token)
                if [part.text for part in level.head[1:]] == [":"] and level.head[0].text in ACCESS:
                    level.begin()
        return self.items

    def open(self, level, token):
        nested = level.kind not in ("scope", "class")
        kind, name = opened(level.head, nested, level.depth > 0)
        item, path = None, level.path
        if kind in FUNCTIONS or kind == "class":
            head = level.head[lambda_at(level.head):] if kind == "lambda" and nested else level.head
            item = Item(kind, (*level.path, *name), line_of(self.code, head[0].offset if head else token.offset),
                        begin=token.offset + 1)
            if kind == "test":
                item.name = (self.title(head),)
            elif kind == "function":
                item.parameters = parameter_count(head, parameters_at(head))
            elif kind == "class":
                item.is_special = class_name(head)[1]
            self.items.append(item)
        if kind in ("scope", "class"):
            path = [*path, *name]
        self.levels.append(Level(kind, item, path))
        if kind not in ("values", "lambda"):
            level.begin()

    def close(self, token):
        if len(self.levels) == 1:
            return
        done = self.levels.pop()
        if done.item:
            done.item.last, done.item.end = line_of(self.code, token.offset), token.offset
        level = self.levels[-1]
        if done.kind in ("values", "lambda"):
            level.add(Token("}", token.offset))

    def declare(self, level):
        if level.kind not in ("scope", "class") or not level.head:
            return
        if found := declared(level.head, level.path):
            kind, name, parameters = found
            outer = level.path[:-1] if level.head[0].text == "friend" else level.path  # a friend is no member
            self.items.append(Item(kind, (*outer, *name), line_of(self.code, level.head[0].offset), parameters=parameters))

    def title(self, head):
        at = next(n for n in range(len(head)) if head[n].text in TESTS)
        found = re.compile(r'"((?:\\.|[^"\\])*)"').search(self.text, head[at].offset)
        return found[1] if found else head[at].text


def ends_macro(level, token, code):
    """Whether the statement so far is a macro on a line of its own, such as one that opens a namespace."""
    head = level.head
    if level.depth or not head or not head[0].text.isupper() or token.text in ("{", ";", "(", ")"):
        return False
    if "\n" not in code[head[-1].offset:token.offset]:
        return False
    return len(head) == 1 or head[-1].text == ")" and opening(head, len(head) - 1) == 1


def outline(text):
    return Reader(text).read()

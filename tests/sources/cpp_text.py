"""Separates code from comments, strings and directives in C++ text. Every function keeps lines and columns: what it removes
becomes spaces."""

import re
from dataclasses import dataclass

OPAQUE = re.compile(r"""
    (?P<comment> //(?:\\\n|[^\n])* | /\*.*?\*/ )
  | (?P<string> (?:u8|[uUL])?R"(?P<mark>[^()\\\s]{0,16})\(.*?\)(?P=mark)" | "(?:\\.|[^"\\\n])*" )
  | (?P<number> \.?\d(?:'?[\w.]|(?<=[eEpP])[+-])* )
  | (?P<character> '(?:\\.|[^'\\\n])*' )
""", re.VERBOSE | re.DOTALL)
DIRECTIVE = re.compile(r"^[ \t]*#[ \t]*(?P<word>\w*)(?:\\\n|[^\n])*", re.MULTILINE)
TOKEN = re.compile(r"[A-Za-z_]\w*|\d[\w.]*|::|->|[^\s\w]")


def blank(text):
    return re.sub(r"[^\n]", " ", text)


def code_of(text):
    """The text without comments and without what stands in quotes."""

    def shown(found):
        if found["comment"]:
            return blank(found[0])
        if found["number"]:
            return found[0].replace("'", "0")  # of digits
        return found[0][-1] + blank(found[0][1:-1]) + found[0][-1]

    return OPAQUE.sub(shown, text)


def without_comments(text):
    """The text without comments; strings stay."""
    return OPAQUE.sub(lambda found: blank(found[0]) if found["comment"] else found[0], text)


def lines_of_text(text):
    """For each string of several lines where it begins, and how many lines it adds to the first."""
    return [(found.start(), found[0].count("\n")) for found in OPAQUE.finditer(text)
            if found["string"] and "\n" in found[0]]


def without_directives(code):
    """Code without preprocessor directives and macro definitions. If the branches of an `#if` have unbalanced braces, such as
    two beginnings of one function, only the first branch stays."""
    pieces, branches, at = [], [], 0  # for each open #if, where its branches begin in `pieces`
    for found in DIRECTIVE.finditer(code):
        pieces += [code[at:found.start()], blank(found[0])]
        at = found.end()
        if found["word"] in ("if", "ifdef", "ifndef"):
            branches.append([len(pieces)])
        elif found["word"] in ("else", "elif", "elifdef", "elifndef") and branches:
            branches[-1].append(len(pieces))
        elif found["word"] == "endif" and branches:
            drop_unbalanced(pieces, branches.pop())
    return "".join([*pieces, code[at:]])


def drop_unbalanced(pieces, begins):
    ends = [*begins[1:], len(pieces)]
    if all(is_balanced("".join(pieces[begin:end])) for begin, end in zip(begins, ends)):
        return
    for n in range(ends[0], len(pieces)):
        pieces[n] = blank(pieces[n])


def is_balanced(text):
    depth = 0
    for sign in re.findall(r"[{}]", text):
        depth += 1 if sign == "{" else -1
        if depth < 0:
            return False
    return depth == 0


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


@dataclass
class Token:
    text: str
    offset: int
    depth: int = 0  # of parentheses and square brackets, within its statement

    def is_word(self):
        return self.text[0].isalpha() or self.text[0] == "_"


def tokens_of(code):
    return (Token(found[0], found.start()) for found in TOKEN.finditer(code))

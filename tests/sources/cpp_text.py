"""C++ as text: what of it is code, and what is comment, string or directive. Lines and columns stay what they are."""

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
    """The text with spaces for comments, and for what stands within quotes."""

    def shown(found):
        if found["comment"]:
            return blank(found[0])
        if found["number"]:
            return found[0].replace("'", "0")  # of digits
        return found[0][-1] + blank(found[0][1:-1]) + found[0][-1]

    return OPAQUE.sub(shown, text)


def without_comments(text):
    """The text with spaces for comments; strings stay."""
    return OPAQUE.sub(lambda found: blank(found[0]) if found["comment"] else found[0], text)


def lines_of_text(text):
    """The lines that strings fill beside the one that each begins on, as (begin of the string, lines)."""
    return [(found.start(), found[0].count("\n")) for found in OPAQUE.finditer(text)
            if found["string"] and "\n" in found[0]]


def without_directives(code):
    """Code with spaces for directives of the preprocessor, whole macros among them. Of branches in which braces do not
    close only the first stays, as an `#if` may choose between two beginnings of one function."""
    pieces, branches, at = [], [], 0  # of each open #if: where in pieces its branches begin
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

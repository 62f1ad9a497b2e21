"""Classifies C++ statements by their tokens: what the next brace opens, what a declaration declares. `head` is the list of
the tokens that the statement has so far."""

TESTS = {"TEST_CASE", "TEST_CASE_TEMPLATE", "TEST_CASE_FIXTURE"}
CLASSES = {"class", "struct", "union", "enum"}
NO_FUNCTION = {"alignas", "decltype", "noexcept", "requires", "explicit", "__attribute__", "if", "for", "while", "switch",
               "return", "catch", "sizeof", "static_assert"}
AFTER_LAMBDA = {"mutable", "noexcept", "constexpr", "requires", "-", "->", "__attribute__"}
SPECIFIERS = {"constexpr", "inline", "static", "explicit", "friend", "virtual", "consteval", "constinit", "extern"}


def opening(head, n):
    """The place of the bracket that the one at n closes."""
    return next((m for m in range(n - 1, -1, -1) if head[m].text in ("(", "[") and head[m].depth == head[n].depth), 0)


def closing(head, n):
    """The place of the bracket that closes the one at n, or the end."""
    return next((m for m in range(n + 1, len(head)) if head[m].text in (")", "]") and head[m].depth == head[n].depth),
                len(head))


def after_angles(head, n):
    """The place after the list in angle brackets that opens at n, or n if it does not close."""
    depth = 0
    for m in range(n, len(head)):
        if head[m].depth == head[n].depth:
            depth += {"<": 1, ">": -1}.get(head[m].text, 0)
            if depth == 0:
                return m + 1
    return n


def before_angles(head, n):
    """The place before the list in angle brackets that closes at n."""
    depth = 0
    for m in range(n, -1, -1):
        if head[m].depth == head[n].depth:
            depth += {">": 1, "<": -1}.get(head[m].text, 0)
            if depth == 0:
                return m - 1
    return -1


def outside(head):
    """The places of the tokens outside all brackets, those of template lists included."""
    places, n = [], 0
    while n < len(head):
        if head[n].depth == 0 and head[n].text == "<" and n and head[n - 1].is_word():
            n = max(after_angles(head, n), n + 1)
            continue
        if head[n].depth == 0:
            places.append(n)
        n += 1
    return places


def lambda_at(head):
    """The place where a lambda begins if the next brace opens its body, or -1."""
    for n in range(len(head) - 1, -1, -1):
        if head[n].text == "[" and begins_lambda(head, n):
            return n
    return -1


def begins_lambda(head, n):
    if n and (head[n - 1].is_word() and head[n - 1].text not in ("return", "case") or head[n - 1].text in (")", "]")):
        return False  # a subscript
    if "[" in [token.text for token in (*head[n + 1:n + 2], *head[max(0, n - 1):n])]:
        return False  # an attribute
    m = closing(head, n) + 1
    if m < len(head) and head[m].text == "<":
        m = after_angles(head, m)
    if m < len(head) and head[m].text == "(":
        m = closing(head, m) + 1
    rest = head[m:]
    if any(token.depth < head[n].depth for token in rest):
        return False
    return not rest or rest[0].text in AFTER_LAMBDA and not any(
        token.depth == head[n].depth and token.text in (",", "=", "?") for token in rest)


def is_requirement(head):
    """Whether the next brace opens a requires expression, as opposed to the body after a requires clause."""
    if not head or head[-1].text == "requires":
        return bool(head)
    if head[-1].text != ")":
        return False
    n = opening(head, len(head) - 1) - 1
    if n < 1 or head[n].text != "requires":
        return False
    before = head[n - 1].text
    # In `f() && requires (A) {` it is a clause, in `requires A && requires (T t) {` an expression.
    return before in ("requires", "|", "=", "(", "!", ",") or (
        before == "&" and any(token.text in ("requires", "concept") or token.text == "=" and head[m - 1].text != "operator"
                              for m, token in enumerate(head[:n])))


def parameters_at(head):
    """The place where the parameters of a declared function begin, or -1."""
    for n in outside(head):
        if head[n].text != "(" or n == 0:
            continue
        if head[n - 1].text == "operator":
            continue  # the name of operator()
        if any(token.text == "operator" for token in head[max(0, n - 3):n]):
            return n
        if (head[n - 1].is_word() or head[n - 1].text == ">") and head[n - 1].text not in NO_FUNCTION:
            return n
    return -1


def function_name(head, at):
    """The name before the parameters with its qualifiers, such as ['outer', 'inner', 'name']."""
    operator = next((n for n in range(at - 1, -1, -1) if head[n].text == "operator" and head[n].depth == 0), None)
    if operator is not None:
        signs = [token.text for token in head[operator + 1:at]]
        return [*qualifiers(head, operator), "operator" + (" " if signs[0][0].isalpha() else "") + "".join(signs)]
    n = at - 1
    if head[n].text == ">":
        n = before_angles(head, n)
    if n and head[n - 1].text == "~":
        return [*qualifiers(head, n - 1), "~" + head[n].text]
    return [*qualifiers(head, n), head[n].text]


def qualifiers(head, n):
    names = []
    while n >= 2 and head[n - 1].text == "::":
        n = before_angles(head, n - 2) if head[n - 2].text == ">" else n - 2
        if n < 0 or not head[n].is_word():
            break
        names.insert(0, head[n].text)
    return names


def parameter_count(head, at):
    inside = [n for n in range(at + 1, closing(head, at)) if head[n].depth == head[at].depth + 1]
    if not inside or [head[n].text for n in inside] == ["void"]:
        return 0
    count, angles = 1, 0
    for n in inside:
        if head[n].text == "<" and head[n - 1].is_word():
            angles += 1
        elif head[n].text == ">":
            angles = max(0, angles - 1)
        count += head[n].text == "," and angles == 0
    return count


def class_name(head):
    """The qualified name of a declared class, and whether it is a template specialisation."""
    places = outside(head)
    n = max(m for m in places if head[m].text in CLASSES)
    end = next((m for m in places if m > n and head[m].text == ":"), len(head))
    names = [m for m in places if n < m < end and head[m].is_word() and head[m].text not in ("final", "alignas")]
    if not names:
        return [""], False
    last = names[-1]
    return [*qualifiers(head, last), head[last].text], last + 1 < end and head[last + 1].text == "<"


def starts_member(head, parameters):
    """Whether the next brace initialises a member in a constructor's list, `: size_{1}`, as opposed to the body after it."""
    colon = next((n for n in outside(head) if n > parameters and head[n].text == ":"), None)
    last = head[-1]
    return colon is not None and (last.is_word() or last.text in (">", ".")) and last.text not in (
        "const", "noexcept", "override", "final", "try")


def opened(head, nested, within_brackets):
    """What the next brace opens, and its name: `scope`, `class`, `function`, `test`, `lambda`, `block`, or `values`, after
    which the statement continues. `nested` means within a function."""
    if is_requirement(head):
        return "values", []
    if nested:
        if lambda_at(head) >= 0:
            return "lambda", ["lambda"]
        return ("values" if within_brackets or continues(head) else "block"), []
    words = [head[n].text for n in outside(head)]
    if "namespace" in words:
        return "scope", [head[n].text for n in outside(head) if head[n].is_word() and head[n].text not in
                         ("namespace", "inline")]
    if words[:1] == ["extern"] and not any(token.is_word() for token in head[1:]):
        return "scope", []
    if lambda_at(head) >= 0:
        equals = next((n for n in outside(head) if head[n].text == "="), 0)
        return "lambda", [head[equals - 1].text if equals else "lambda"]
    parameters = parameters_at(head)
    if within_brackets or "concept" in words:
        return "values", []
    if CLASSES & set(words) and parameters < 0:
        return "class", class_name(head)[0]
    is_value = any(head[n].text == "=" and n < parameters for n in outside(head)) and "operator" not in words
    if parameters < 0 or is_value or starts_member(head, parameters):
        return "values", []
    name = function_name(head, parameters)
    return ("test" if name[-1] in TESTS else "function"), name


def continues(head):
    """Whether a brace within a function belongs to an expression, as in `return {` or `int x{`."""
    if not head:
        return False
    last = head[-1]
    if last.is_word():
        return last.text not in ("else", "do", "try") and not any(
            token.text in CLASSES or token.text == "namespace" for token in head)
    return last.text in ("=", ",", ">", "(", "?", ":", "+", "]")


def declared(head, class_path):
    """What a statement without a body declares: (kind, name, number of parameters), or None."""
    places = outside(head)
    words = [head[n].text for n in places]
    if not words or words[0] in ("using", "typedef", "static_assert", "extern") or words[0] == "template" and (
            head[1].text != "<"):
        return None
    if "=" in words and "operator" not in words:
        return None
    parameters = parameters_at(head)
    if parameters < 0:
        if not CLASSES & set(words):
            return None
        keyword = max(n for n in places if head[n].text in CLASSES)
        names = [n for n in places if n > keyword and head[n].text != "::"]
        end = next((i for i, n in enumerate(names) if head[n].text == ":"), len(names))
        name, special = class_name(head)
        whole = end == 1 or end == len(name)  # not `struct a* b;` or `class a b;`
        return ("class", name, 0) if whole and not special else None
    if words[-2:] in (["=", "default"], ["=", "delete"], ["=", "0"]):
        return None
    name = function_name(head, parameters)
    first = next(n for n in range(len(head)) if head[n].text not in SPECIFIERS)
    is_macro = head[first].text == name[-1] and class_path[-1:] != [name[-1]]  # no type before it, and no constructor
    return None if is_macro else ("function", name, parameter_count(head, parameters))

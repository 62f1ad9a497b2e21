"""Many mistakes in one compilation (sources/namespaces.py). What a compiler says of each is told apart by the file or the
namespace that it names."""

import re

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"]+)".*$', re.MULTILINE)
# Where GCC and Clang begin to speak of something else, after an error.
BEGINS = re.compile(r"In file included from|\S+: (?:In|At) |\S+:\d+:\d+:\s+(?:required|recursively required|in )")


def body(path):
    """A file's text with the headers beside it written out."""
    text = path.read_text()

    def written_out(match):
        after = text.count("\n", 0, match.start()) + 2
        return f'{body(path.parent / match.group(1))}\n#line {after} "{path}"'

    return f'#line 1 "{path}"\n' + INCLUDE.sub(written_out, text)


def blocks_of(text):
    """The compiler's words cut where it begins to speak of another error."""
    block, has_error = [], False
    for line in text.splitlines():
        is_error = re.search(r"\berror:", line) is not None
        if has_error and (is_error or BEGINS.match(line)):
            yield block
            block, has_error = [], False
        block.append(line)
        has_error = has_error or is_error
    if block:
        yield block


def told_apart(paths, text):
    """The words on each file, by its name or its namespace's, without those that belong to several."""
    said, doubtful, last = {path: [] for path in paths}, set(), None
    for block in blocks_of(text):
        named = {paths[int(n)] for line in block for n in re.findall(r"\bcase_(\d+)::", line)}
        named |= {path for path in paths for line in block if str(path) + ":" in line}
        if len(named) > 1:
            doubtful |= named
            last = None
        elif named or last:
            last = next(iter(named), last)
            said[last] += block
    return {path: "\n".join(lines) for path, lines in said.items() if lines and path not in doubtful}

"""A model as JAX: a function that states the same definitions to definitions.Definitions, one for each equation."""

class Text:
    """Writes the definitions of equations; `names` says what a name is called here."""

    def __init__(self, target="m", indent="    "):
        self.target, self.indent, self.lines, self.count, self.done = target, indent, [], 0, {}
        self.scans = set()

    def line(self, text):
        self.lines.append(self.indent + text)

    def fresh(self):
        self.count += 1
        return f"{self.target}_{self.count}"

    def formula(self, value, names):
        """The text of an expression, and in `names` the values that it reads: where it is written -> their names."""
        if value.hoisted:
            name = self.hoist(value)
            names[name.replace(".", "_")] = name
            return name.replace(".", "_")
        for n in value.names:
            self.read(n, names)
        operands = [self.formula(o, names) if f"{{{i}}}" in value.jax else "" for i, o in enumerate(value.operands)]
        return value.jax.format(*operands) if operands else value.jax

    def read(self, name, names):
        names[name.replace(".", "_")] = self.renamed.get(name, self.prefixed(name))

    def prefixed(self, name):
        return self.prefix + name if name in self.local else name

    prefix, local, renamed = "", frozenset(), {}

    def define(self, name, value):
        names = {}
        formula = self.formula(value, names)
        needs = ", ".join(f'"{n}"' for n in names.values())
        self.line(f'{self.target}.each("{name}", [{needs}], lambda {", ".join(names)}: {formula})')

    def named(self, value):
        """The name of a definition of this value."""
        if value.operation == "name":
            return self.renamed.get(value.names[0], self.prefixed(value.names[0]))
        if value.hoisted:
            return self.hoist(value)
        if id(value) not in self.done:
            name = self.fresh()
            self.define(name, value)
            self.done[id(value)] = name
        return self.done[id(value)]

    def hoist(self, value):
        if id(value) in self.done:
            return self.done[id(value)]
        name = getattr(self, "hoist_" + value.hoisted[0])(value)
        self.done[id(value)] = name
        return name

    def hoist_over_rows(self, value):
        of, name = self.named(value.operands[0]), self.fresh()
        self.line(f'{self.target}.over_rows("{name}", "{value.hoisted[1]}", "{of}")')
        return name

    def hoist_derivative(self, value):
        parts = [self.named(o) for o in value.operands]
        name = self.fresh()
        given = ", ".join(f'"{p}"' for p in [value.hoisted[1], *parts])
        self.line(f'{self.target}.derivative("{name}", {given})')
        return name

    def hoist_sparse(self, value):
        y, x = (self.named(o) for o in value.operands)
        matrix, name = self.fresh(), self.fresh()
        _, kind, pattern, y_rank = value.hoisted
        self.line(f'{self.target}.derivative("{matrix}", "{kind}", "{y}", "{x}")')
        self.line(f'{self.target}.elements("{name}", "{matrix}", {pattern}, {y_rank})')
        return name

    def hoist_use(self, value):
        _, use, result = value.hoisted
        inner = Text(self.target, self.indent)
        inner.lines, inner.prefix = self.lines, use.prefix + "."
        inner.count, inner.fresh = 0, self.fresh
        inner.renamed = {formal: self.named(actual) for formal, actual in use.actuals.items()}
        inner.local = {n for n, _ in use.block.equations} | {n for n, _ in use.block.parameters}
        for name, right in use.block.equations:
            inner.define(use.prefix + "." + name, right)
        return f"{use.prefix}.{result}"

    def hoist_scan(self, value):
        _, use, which, of = value.hoisted
        if use.prefix not in self.scans:
            self.scans.add(use.prefix)
            self.scan(use)
        name = self.fresh()
        self.line(f'{self.target}.scan_result("{name}", "{use.prefix}", "{which}", "{of}")')
        return name

    def scan(self, use):
        body = f"body_{use.prefix}"
        self.line(f"{body} = Definitions(m.rows, m.training)")
        given = [{f: self.named(a) for f, a in part.items()} for part in (use.along, use.carry, use.same)]
        same = dict(given[2])
        inner = Text(body, self.indent)
        inner.lines, inner.prefix = [], use.prefix + "."
        inner.local = {n for n, _ in use.block.parameters}
        results = {}
        for name, right in use.block.equations:
            inner.define(name, right)
        for state, right in use.block.nexts:
            results[state] = f"next {state}"
            inner.define(results[state], right)
        formals = {n for part in given for n in part} | {n for n, _ in use.block.equations}
        read = {n for _, right in [*use.block.equations, *use.block.nexts] for n in leaves_of(right)} - formals
        for n in sorted(read):  # parameters of the body, and scalars of the model
            outer = use.prefix + "." + n if n in inner.local else n
            same[outer] = outer
        self.line(f'{self.target}.scan("{use.prefix}", {body}, {given[0]}, {given[1]}, {results}, {same}, {use.steps}, '
                  f"{use.backwards})")
        self.lines += inner.lines


def leaves_of(value):
    found = set(value.names)
    for o in value.operands:
        found |= leaves_of(o)
    return found


def text(model):
    lines = [f"def model_{model.seed}(m):"]
    lines.append("    in_training = lambda a, b: a if m.training else b")
    for leaf in model.leaves.values():
        lines.append(f'    m.leaf("{leaf.name}", {leaf.batched})')
    writer = Text()
    writer.lines = lines
    for e in model.equations:
        writer.define(e.name, e.value)
    return "\n".join(lines) + "\n"

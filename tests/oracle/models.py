"""A random model from a seed: its leaves, its equations, and the programs that are made of it."""

from contextlib import contextmanager
from dataclasses import dataclass, field

import constructs
import elementwise as ew
import structural as st
from dice import Dice
from expressions import Writer
from nodes import Equation, Leaf, Node, names_in

RANGES = [(-1, 1), (-1, 1), (-1.5, 1.5), (0.25, 1.75), (-0.5, 1)]
ROWS = [1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 17, 24, 31, 32, 33, 64, 65, 100, 127, 128, 129, 200, 257, 300]


@dataclass
class Program:
    """`kind` is function or gradient."""
    kind: str
    results: list
    loss: str = ""
    wrt: list = field(default_factory=list)
    training: bool = False
    per_example: bool = False
    sum_rows: bool = False
    recompute: list = field(default_factory=list)
    cut: list = field(default_factory=list)  # symbols that are fed


class Model:
    """A small one has one or two equations, a loss and its derivatives, and one program. A fixed one is small, has few
    rows, and a program without a gradient: its derivatives are equations."""

    def __init__(self, seed, small=False, fixed=False):
        self.seed, self.small, self.fixed = seed, small or fixed, fixed
        self.dice = Dice(seed)
        self.extents = sorted(self.dice.pick([1, 2, 3, 4, 5, 7, 8, 9]) if i else self.dice.pick([2, 3, 4])
                              for i in range(2 if self.small else 3))
        self.leaves, self.known = {}, {}
        self.equations, self.symbols, self.read = [], [], set()
        self.blocks, self.scans, self.formals = [], [], []
        self.body = self.body_name = None
        self.rows = self.dice.pick(ROWS[:10] if self.fixed else ROWS)
        self.threads = self.dice.between(1, 3)
        self.max_rows = self.rows if self.dice.one_in(3) else self.rows + self.dice.between(1, 40)
        self.write()

    # --- leaves

    def add_leaf(self, kind, name, shape, low, high, batched=False, declared=True):
        leaf = self.leaves[name] = Leaf(kind, name, tuple(shape), low, high, batched, declared)
        ident = name.replace(".", "_")
        made = Node("name", ident if declared else f'hg::name<"{name}">', ident, [], leaf.shape, low, high, True,
                    frozenset((name,)), frozenset(), batched, False, (name,))
        self.known[name] = made
        return made

    def add_parameter(self, name, shape):
        """A parameter that something else than a declaration makes; in a body its name there."""
        if self.body is not None:
            self.body.parameters.append((name, tuple(shape)))
        elif name not in self.leaves:
            self.add_leaf("parameter", name, shape, -1, 1, declared=False)
        return name

    def add_noise(self, name, sort, shape, shared):
        low, high = (-2, 2) if sort == "normal" else (1 / 16, 15 / 16)
        self.leaves[name] = Leaf("noise", name, tuple(shape), low, high, not shared, False)
        return name

    def flow_name(self, name):
        return "@" + name if self.body is not None else name

    def local_name(self):
        return self.body_name if self.body is not None else f"e{len(self.equations)}"

    @contextmanager
    def inside(self, body, name):
        self.body, self.body_name = body, name
        yield
        self.body = self.body_name = None

    def body_writer(self, formals):
        scalars = [n for n in self.known.values() if n.names[0] in self.leaves and self.leaves[n.names[0]].kind == "scalar"]
        return Writer(self.dice, formals * 3 + scalars, self)

    def shape(self):
        rank = self.dice.weighted({0: 1, 1: 5, 2: 4} if self.small else {0: 1, 1: 6, 2: 6, 3: 1})
        return tuple(self.dice.pick(self.extents) for _ in range(rank))

    def declare_leaves(self):
        dice = self.dice
        has_rows = not dice.one_in(8)
        pool = []
        for i in range(dice.between(1, 2)):
            kind, low_high = ("input" if has_rows else "argument"), dice.pick(RANGES)
            pool.append(self.add_leaf(kind, f"x{i}", self.shape(), *low_high, batched=has_rows))
        for i in range(dice.between(1, 2)):
            pool.append(self.add_leaf("parameter", f"p{i}", self.shape(), *dice.pick(RANGES)))
        if dice.one_in(3):
            pool.append(self.add_leaf("argument", "a0", self.shape(), *dice.pick(RANGES)))
        if dice.one_in(2):
            pool.append(self.add_leaf("scalar", "s0", (), *dice.pick(RANGES)))
        if dice.one_in(6):
            pool.append(self.add_leaf("state", "m0", self.shape(), *dice.pick(RANGES)))
        self.pool = pool

    # --- equations

    def add_equation(self, value):
        name = f"e{len(self.equations)}"
        self.equations.append(Equation(name, value))
        self.read |= names_in(value)
        made = Node("name", name, name, [], value.shape, value.low, value.high, value.generic,
                    value.flow | {name}, value.curved, value.batched, value.coupled, (name,))
        self.known[name] = made
        self.symbols.append(made)
        if len(value.shape) <= 3 and value.size <= 72:
            self.writer.pool.append(made)
        return made

    def inside_derivatives(self, y):
        """The symbols that lie inside a derivative above y, between what is differentiated and with respect to what. A
        derivative with respect to these has no meaning, and is an error."""
        values = {e.name: e.value for e in self.equations}
        above = self.ancestors(values, names_in(y))
        found = set()
        for name in above & values.keys():
            for d in derivatives_in(values[name]):
                inner = self.ancestors(values, names_in(d.operands[0]))
                x = d.operands[1].names[0]
                found |= {n for n in inner & values.keys() if n != x and x in self.ancestors(values, {n})}
        return found

    def ancestors(self, values, names):
        """The names, and all that these are made of."""
        seen, todo = set(), list(names)
        while todo:
            name = todo.pop()
            if name not in seen:
                seen.add(name)
                todo += names_in(values[name]) if name in values else ()
        return seen

    def step(self):
        """One more equation of a random sort."""
        sort = self.dice.weighted({"expression": 9, "dense": 2, "over_rows": 2, "derivative": 4, "block": 2, "scan": 3,
                                   "draw": 3, "sparse": 1})
        if sort == "expression":
            return self.writer.expression(2 if self.small else 3)
        return getattr(constructs, sort)(self, self.writer)

    def write(self):
        self.declare_leaves()
        self.writer = ModelWriter(self.dice, self.pool, self)
        wanted = self.dice.between(1, 2) if self.small else self.dice.between(3, 6)
        while len(self.equations) < wanted:
            value = self.step()
            if value is not None and value.operation != "name":
                self.add_equation(value)
        self.add_loss()
        self.add_second_derivative()
        used = names_of(self)
        self.leaves = {n: leaf for n, leaf in self.leaves.items() if n in used}
        self.programs = self.choose_programs()

    def add_loss(self):
        """A sum of terms of what no other equation reads."""
        read = {n for e in self.equations for n in names_in(e.value)}
        terms = []
        for s in self.symbols:
            if s.names[0] in read and len(terms) > 2:
                continue
            x = self.writer.bounded(s, 4)
            if x.shape:
                x = st.reduction(self.dice.pick(["sum", "mean"]), ew.unary(self.dice.pick(
                    ["square", "sin", "tanh", "square"]), x))
            elif not self.dice.one_in(3):
                x = ew.unary(self.dice.pick(["square", "sin", "tanh"]), x)
            terms.append(x if len(terms) == 0 else ew.scaled(x, round(0.1 + self.dice.below(20) / 10, 1)))
        total = terms[0]
        for t in terms[1:]:
            total = ew.binary("add", total, t)
        if not total.flow - {n.names[0] for n in self.symbols}:  # nothing that is bound: the first leaves
            x = self.writer.bounded(self.pool[0], 4)
            total = ew.binary("add", total, st.reduction("sum", ew.unary("sin", x)) if x.shape else ew.unary("sin", x))
        self.loss = self.add_equation(total)
        self.additive = [t.batched for t in terms]

    def add_second_derivative(self):
        """A Hessian-vector product of the loss, or the slope of the squared slope."""
        leaves = [n for n in sorted(self.loss.flow) if n in self.leaves and n in self.known]
        curved = [n for n in leaves if frozenset((n,)) in self.loss.curved and self.known[n].size <= 40]
        self.second = None
        if not curved:
            return
        x = self.known[self.dice.pick(curved)]
        kind = self.dice.pick(["hessian_vector_product", "hessian_vector_product", "grad", "hessian"])
        y = constructs.over_rows_of(self.loss) if self.loss.batched else self.loss
        if self.fixed:  # whose only program has no gradient of its own
            self.add_equation(constructs.derivative(self, self.writer, "grad", y, x))
        if kind == "grad":
            slope = constructs.derivative(self, self.writer, "grad", y, x)
            if slope is None:
                return
            if slope.shape:
                squared = st.reduction("sum", ew.unary("square", slope))
            else:
                squared = ew.unary("square", slope)
            squared = self.add_equation(squared)
            if squared.batched:
                squared = constructs.over_rows_of(squared)
            slope = constructs.derivative(self, self.writer, "grad", squared, x)
        else:
            if kind == "hessian" and (x.size > 12 or self.loss.coupled):
                kind = "hessian_vector_product"
            slope = constructs.derivative(self, self.writer, kind, y, x)
        if slope is not None:
            self.second = self.add_equation(slope)

    # --- programs

    def choose_programs(self):
        dice = self.dice
        names = [s.names[0] for s in self.symbols]
        values = Program("function", names if len(names) < 6 or self.small else sorted(
            {self.loss.names[0], names[-1], *dice.shuffled(names)[:4]}), training=dice.one_in(4))
        hidden = self.inside_derivatives(self.loss)
        wrt = [n for n in sorted(self.loss.flow) if n in self.known and n != self.loss.names[0] and n not in hidden]
        wrt = [n for n in wrt if n in self.leaves and self.leaves[n].kind != "state"] + [
            n for n in wrt if n not in self.leaves][:1]
        if not wrt or self.fixed or dice.one_in(8 if self.small else 3):
            return [values]
        slopes = Program("gradient", [], self.loss.names[0], wrt)
        if self.loss.batched and not self.loss.coupled and dice.one_in(4):
            slopes.per_example = True
        elif self.loss.batched and all(self.additive) and dice.one_in(4):
            slopes.sum_rows = True
        if not self.small and dice.one_in(3):  # two programs
            slopes.results = [n for n in names if self.known[n].shape][:2] if dice.one_in(3) else []
            return [values, slopes]
        slopes.results = [n for n in values.results if n != self.loss.names[0]]
        return [slopes]


class ModelWriter(Writer):
    def leaf(self):
        """Leaves that nothing reads yet come first."""
        unread = [p for p in self.model.pool if p.names[0] not in self.model.read]
        return self.dice.pick(unread if unread and not self.dice.one_in(3) else self.pool)

    def batched_operand(self):
        found = [p for p in self.pool if p.batched]
        return self.dice.pick(found) if found else self.leaf()

    def unbatched(self, shape):
        """Of this shape and without rows."""
        x = self.dice.pick([p for p in self.pool if not p.batched])  # parameters are among them
        if x.shape != shape:
            x = st.reduction("mean", x) if x.shape else x
            x = st.broadcast_to(x, shape) if shape else x
        return self.bounded(x, 2)


def derivatives_in(value):
    return [value] * (value.hoisted[:1] in (("derivative",), ("sparse",))) + [
        d for o in value.operands for d in derivatives_in(o)]


def names_of(model):
    """The names that the model's equations read, in bodies too."""
    found = set().union(*(names_in(e.value) for e in model.equations))
    for b in model.blocks:
        found |= set().union(*(names_in(value) for _, value in [*b.equations, *b.nexts]))
    inner = {name for b in model.blocks for name, _ in b.parameters}
    return found | {n for n in model.leaves if any(n.endswith("." + i) for i in inner)}


def operations_in(value):
    """How often each operation occurs in an expression."""
    found = [value.operation]
    for o in value.operands:
        found += operations_in(o)
    return found


def operations_of(model):
    found = []
    for e in model.equations:
        found += operations_in(e.value)
    for b in model.blocks:
        for _, value in [*b.equations, *b.nexts]:
            found += operations_in(value)
    for s in model.scans:
        found += ["scan_backwards"] * s.backwards + ["scan_keep_every"] * bool(s.keep_every) + ["scan_same"] * bool(s.same)
        for o in [*s.along.values(), *s.carry.values(), *s.same.values()]:
            found += operations_in(o)
    for p in model.programs:
        found += [p.kind, *(w for w in ("training", "per_example", "sum_rows") if getattr(p, w))]
    return found

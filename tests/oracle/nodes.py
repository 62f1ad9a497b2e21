"""What a random model is made of: leaves, expressions, equations. An expression holds its two spellings, C++ and JAX, as
templates over its operands, and what the generator must know of its value: shape, range, and where gradients flow."""

import math
from dataclasses import dataclass, field


@dataclass
class Leaf:
    """What is bound by the caller or lies in the parameters. `kind` is input, argument, parameter, scalar, state or noise."""
    kind: str
    name: str
    shape: tuple
    low: float
    high: float
    batched: bool = False
    declared: bool = True  # it has a C++ object of its own; else it is reached by hg::name<"...">


@dataclass
class Node:
    """An expression. {0}, {1}, ... in the templates stand for the operands."""
    operation: str
    cpp: str
    jax: str
    operands: list
    shape: tuple
    low: float = -math.inf
    high: float = math.inf
    generic: bool = False        # nowhere constant, so that it meets no kink but by chance
    flow: frozenset = frozenset()    # the names that a gradient reaches for sure
    curved: frozenset = frozenset()  # pairs of names in which the second derivative does not vanish for sure
    batched: bool = False
    coupled: bool = False        # a row acts on another
    names: tuple = ()            # of values that the JAX template reads by itself
    hoisted: tuple = ()          # (kind, details...): in JAX a definition of its own, since it is no matter of one row

    @property
    def size(self):
        return math.prod(self.shape)

    def within(self, low, high):
        return self.low >= low and self.high <= high


@dataclass
class Equation:
    name: str
    value: Node


@dataclass
class Block:
    """A graph that is used inside the model's: by `use`, or step by step by `scan`."""
    object: str                  # its C++ name
    equations: list = field(default_factory=list)
    nexts: list = field(default_factory=list)       # of a scan: (state, expression)
    parameters: list = field(default_factory=list)  # (name inside, shape)


@dataclass
class Use:
    """One use of a block: its prefix, and what is passed (formal -> expression)."""
    prefix: str
    block: Block
    actuals: dict


@dataclass
class Scan:
    prefix: str
    block: Block
    along: dict
    carry: dict
    same: dict
    steps: int
    backwards: bool = False
    keep_every: int = 0


def broadcast(a, b):
    """NumPy's rule; None where the shapes do not go together."""
    rank = max(len(a), len(b))
    a, b = (1,) * (rank - len(a)) + tuple(a), (1,) * (rank - len(b)) + tuple(b)
    if any(m != n and 1 not in (m, n) for m, n in zip(a, b)):
        return None
    return tuple(n if m == 1 else m for m, n in zip(a, b))


def pairs(names):
    return frozenset(frozenset((a, b)) for a in names for b in names)


def number(value):
    """A literal, the same in both languages."""
    return repr(float(value)) if value != int(value) else str(int(value))


def node(operation, cpp, jax, operands, shape, low=-math.inf, high=math.inf, *, generic=False, curved=False, flat=(),
         **more):
    """An operation's result: what is true of all operands together is put together here. `flat` lists the operands
    through which no gradient flows."""
    read = [o for i, o in enumerate(operands) if not jax or f"{{{i}}}" in jax]  # an entropy does not depend on a location
    passing = [o for i, o in enumerate(operands) if i not in flat]
    flow = frozenset().union(*(o.flow for o in passing)) if passing else frozenset()
    bent = frozenset().union(*(o.curved for o in passing)) if passing else frozenset()
    if curved:
        bent |= pairs(flow)
    return Node(operation, cpp, jax, list(operands), tuple(shape), low, high, generic=generic, flow=flow, curved=bent,
                batched=any(o.batched for o in read), coupled=any(o.coupled for o in operands), **more)


def names_in(value):
    """The names that an expression reads, in what it passes to blocks and scans too."""
    found = set(value.names)
    for o in value.operands:
        found |= names_in(o)
    if value.hoisted and value.hoisted[0] in ("use", "scan"):
        use = value.hoisted[1]
        for o in (use.actuals if value.hoisted[0] == "use" else {**use.along, **use.carry, **use.same}).values():
            found |= names_in(o)
    return found

"""Random expressions. A Writer has a pool of values to begin with and makes expressions of them, in ranges where every
operation is smooth and well conditioned; what an operation needs is brought about by `fit`."""

import math
import elementwise as ew
import families
import structural as st
from nodes import broadcast

LARGEST = 72  # elements of a value of one row


class Writer:
    def __init__(self, dice, pool, model):
        self.dice, self.pool, self.model = dice, list(pool), model

    # --- what operations need

    def bounded(self, x, limit):
        """x within [-limit, limit]."""
        if x.within(-limit, limit):
            return x
        bound = max(abs(x.low), abs(x.high))
        if bound < 40 * limit:
            return ew.scaled(x, round(max(0.01, 0.9 * limit / bound - 0.005), 2))
        if bound < 1e4:
            x = ew.scaled(x, 0.05)
        return ew.unary(self.dice.pick(["tanh", "sin", "sigmoid", "cos"]) if bound < 1e3 else "tanh", x)

    def positive(self, x):
        if x.within(0.2, 8):
            return x
        how = self.dice.below(4)
        if how == 0:
            return ew.shifted(ew.unary("square", self.bounded(x, 2)), 0.3)
        if how == 1:
            return ew.unary("exp", self.bounded(x, 1.5))
        if how == 2:
            return ew.shifted(ew.unary("softplus", self.bounded(x, 4)), 0.25)
        return ew.shifted(ew.unary("sigmoid", self.bounded(x, 4)), 0.25)

    def generic(self, x):
        """Something like x that is nowhere constant: else a leaf of a shape that goes with it."""
        if x.generic:
            return x
        found = [p for p in self.pool if p.generic and broadcast(p.shape, x.shape) == x.shape]
        if not found:
            return None
        return ew.binary("add", self.bounded(x, 3), self.dice.pick(found))

    def fit(self, x, need):
        if need in ("any", "below"):
            return self.bounded(x, 1e3) if need == "any" else self.bounded(x, 1)
        if need == "tame":
            return self.bounded(x, 4)
        if need == "small":
            return self.bounded(x, 2)
        if need == "positive":
            return self.positive(x)
        if need == "generic":
            return self.generic(self.bounded(x, 20))
        if need == "shape":  # of a gamma distribution and the like
            return ew.shifted(ew.scaled(ew.unary("sigmoid", self.bounded(x, 3)), 3), 0.6)
        if need == "part":
            return ew.shifted(ew.scaled(ew.unary("sigmoid", self.bounded(x, 3)), 0.8), 0.1)
        if need == "apart":  # so that no norm is near zero
            return self.positive(x) if x.shape else None
        if need == "logits":
            return self.bounded(x, 4) if x.shape and x.shape[-1] > 1 else None
        raise ValueError(need)

    # --- operands

    def leaf(self):
        return self.dice.pick(self.pool)

    def operand(self, depth):
        return self.expression(depth - 1) if depth > 1 and not self.dice.one_in(3) else self.leaf()

    def partner(self, x, depth):
        """Something that broadcasts with x to no more than LARGEST elements."""
        for _ in range(6):
            y = self.operand(depth)
            shape = broadcast(x.shape, y.shape)
            if shape is not None and math.prod(shape) <= LARGEST and len(shape) <= 3 and y is not x:
                return y
        return self.shaped_like(x, depth)

    def shaped_like(self, x, depth=1):
        """Something of a shape that broadcasts into x's."""
        found = [p for p in self.pool if broadcast(p.shape, x.shape) == x.shape and p is not x]
        if found and not self.dice.one_in(4):
            return self.dice.pick(found)
        y = self.operand(depth)
        return y if y.shape == () else st.reduction(self.dice.pick(["sum", "mean"]), y)

    def exactly(self, shape):
        """Something of this very shape."""
        found = [p for p in self.pool if p.shape == shape]
        if found:
            return self.dice.pick(found)
        x = self.leaf()
        if math.prod(shape) == x.size and shape:
            return st.reshape(x, shape)
        if broadcast(x.shape, shape) == shape:
            return st.broadcast_to(x, shape) if shape else x
        x = st.reduction("mean", x) if x.shape else x
        return st.broadcast_to(x, shape) if shape else x

    def vector(self):
        x = self.leaf()
        for _ in range(4):
            if len(x.shape) == 1:
                return x
            x = self.leaf()
        return st.broadcast_to(x, (self.dice.between(2, 5),)) if x.shape == () else st.reshape(x, (x.size,))

    def matrix(self):
        for _ in range(4):
            x = self.leaf()
            if len(x.shape) == 2:
                return x
        x = self.vector()
        rows = [r for r in (2, 3, 4, 1) if x.shape[0] % r == 0]
        return st.reshape(x, (rows[0], x.shape[0] // rows[0]))

    # --- expressions

    def expression(self, depth):
        for _ in range(20):
            kind = self.dice.weighted({"unary": 6, "binary": 7, "reduction": 4, "softmax": 1, "product": 5, "movement": 5,
                                       "choice": 1, "clamp": 1, "mode": 1, "triangular": 1, "loss": 1, "distribution": 3})
            made = getattr(self, kind)(depth)
            if made is not None and made.size <= LARGEST and len(made.shape) <= 3:
                return made
        return self.leaf()

    def unary(self, depth):
        name = self.dice.pick(sorted(ew.UNARY))
        if name == "stop_gradient" and not self.dice.one_in(3):
            name = "tanh"
        x = self.fit(self.operand(depth), ew.needs_of(name))
        return x and ew.unary(name, x)

    def binary(self, depth):
        name = self.dice.weighted({"add": 6, "subtract": 5, "multiply": 6, "divide": 3, "pow": 2, "max_of": 2, "min_of": 2,
                                   "less": 1, "less_equal": 1, "greater": 1, "greater_equal": 1, "equal": 1, "not_equal": 1,
                                   "log_gamma_quantile": 1, "gamma_quantile": 1, "von_mises_quantile": 1})
        a = self.operand(depth)
        b = self.partner(a, depth)
        a, b = self.fit(a, ew.BINARY[name][2]), self.fit(b, ew.BINARY[name][3])
        return None if a is None or b is None else ew.binary(name, a, b)

    def some_axes(self, x):
        if len(x.shape) == 0 or self.dice.one_in(3):
            return ()
        count = 1 if len(x.shape) < 3 else self.dice.between(1, 2)
        axes = self.dice.shuffled(range(len(x.shape)))[:count]
        return tuple(sorted(a - len(x.shape) if self.dice.one_in(2) else a for a in axes))

    def reduction(self, depth):
        name = self.dice.pick(sorted(st.REDUCTIONS))
        x = self.operand(depth)
        if not x.shape:
            return None
        x = self.fit(x, st.REDUCTIONS[name][2])
        if x is None:
            return None
        if name == "prod":
            x = self.bounded(x, 1.4)
        return st.reduction(name, x, self.some_axes(x), self.dice.one_in(3))

    def softmax(self, depth):
        x = self.fit(self.operand(depth), "logits")
        if x is None:
            return None
        axes = self.some_axes(x) if self.dice.one_in(3) else ()
        if math.prod(x.shape[a] for a in axes or (-1,)) == 1:
            return None
        return st.softmax(self.dice.pick(["softmax", "log_softmax"]), x, axes)

    def product(self, depth):
        kind = self.dice.weighted({"vector": 3, "matrix": 3, "row": 1, "dot": 1, "outer": 1})
        if kind in ("dot", "outer"):
            a = self.fit(self.vector(), "tame")
            b = self.fit(self.exactly(a.shape) if kind == "dot" else self.vector(), "tame")
            return st.dot(a, b) if kind == "dot" else st.outer(a, b)
        a = self.fit(self.matrix(), "tame")
        if self.dice.one_in(3):
            a = st.transpose(a)
        if kind == "row":
            return st.matmul(self.fit(self.exactly((a.shape[0],)), "tame"), a)
        if kind == "vector":
            return st.matmul(a, self.fit(self.exactly((a.shape[1],)), "tame"))
        b = self.fit(self.matrix(), "tame")
        if b.shape[0] != a.shape[1]:
            b = st.transpose(b)
        if b.shape[0] != a.shape[1]:
            b = st.transpose(a)
        return st.matmul(a, b)

    def movement(self, depth):
        x = self.operand(depth)
        kind = self.dice.pick(["reshape", "transpose", "slice", "broadcast_to", "concatenate", "concatenate"])
        if kind == "broadcast_to":
            shape = (self.dice.between(2, 4), *x.shape)
            return st.broadcast_to(x, shape) if len(shape) <= 3 else None
        if not x.shape:
            return None
        if kind == "reshape":
            splits = [(n, x.size // n) for n in range(1, x.size + 1) if x.size % n == 0] + [(x.size,)]
            return st.reshape(x, self.dice.pick(splits))
        if kind == "transpose":
            order = self.dice.shuffled(range(len(x.shape)))
            return st.transpose(x) if self.dice.one_in(2) or len(order) < 2 else st.transpose(x, order)
        axis = self.dice.below(len(x.shape))
        if kind == "slice":
            first = self.dice.below(x.shape[axis])
            return st.slice_of(x, first, self.dice.between(first + 1, x.shape[axis]), axis)
        other = next((p for p in self.dice.shuffled(self.pool) if len(p.shape) == len(x.shape) and all(
            i == axis or m == n for i, (m, n) in enumerate(zip(x.shape, p.shape)))), None)
        return st.concatenate([x, other or ew.unary("negate", x), *([x] if self.dice.one_in(4) else [])], axis)

    def choice(self, depth):
        a = self.operand(depth)
        b = self.partner(a, depth)
        c, threshold = self.generic(self.shaped_like(a)), self.shaped_like(a)
        threshold = threshold and self.generic(threshold)
        if c is None or threshold is None or broadcast(broadcast(a.shape, b.shape), broadcast(c.shape, threshold.shape)) is None:
            return None
        return ew.choice(ew.binary(self.dice.pick(["less", "greater", "less_equal"]), c, threshold), a, b)

    def mode(self, depth):
        """One of two, by whether the program trains."""
        a = self.operand(depth)
        return ew.in_training(a, self.exactly(a.shape)) if self.dice.one_in(2) else None

    def clamp(self, depth):
        x = self.fit(self.operand(depth), "generic")
        if x is None:
            return None
        if self.dice.one_in(2):
            return ew.clamped(x, round(0.3 * x.low + 0.01, 3), round(0.4 * x.high + 0.013, 3))
        low = self.shaped_like(x)
        return ew.clamped_between(x, ew.shifted(ew.scaled(self.bounded(low, 1), 0.3), -0.7), ew.shifted(
            ew.unary("sigmoid", self.bounded(self.shaped_like(x), 2)), 0.1))

    def triangle(self, n):
        """A matrix whose diagonal is positive and away from zero."""
        x = self.exactly((n, n))
        return self.positive(x)

    def triangular(self, depth):
        n = self.dice.between(2, 4)
        how = self.dice.below(4)
        if how == 0:
            return st.lower_triangle(self.bounded(self.exactly((n, n)), 4))
        if how == 1:
            return st.diagonal(self.bounded(self.exactly((n, n)), 4))
        b = self.exactly((n,) if how == 2 else (n, self.dice.between(1, 3)))
        return st.triangular_solve(self.triangle(n), self.bounded(b, 2))

    def loss(self, depth):
        name = self.dice.pick(["mse", "squared_error", "bernoulli_nll", "gaussian_nll", "l1", "l2"])
        x = self.operand(depth)
        if name == "l1":
            x = self.fit(x, "generic")
            return x and st.loss(name, [x])
        x = self.bounded(x, 4)
        if name == "l2":
            return st.loss(name, [x])
        others = [self.bounded(self.shaped_like(x, depth), 2)]
        if name == "bernoulli_nll":
            others = [self.fit(self.exactly(x.shape), "part")]
        if name == "gaussian_nll":
            others.append(self.bounded(self.shaped_like(x, depth), 1.5))
        return st.loss(name, [x, *others])

    # --- distributions

    def parameters_of(self, family, depth=1):
        needs = families.FAMILIES[family].parameters
        first = self.operand(depth)
        values = [first] + [self.shaped_like(first, depth) for _ in needs[1:]]
        if family == "uniform":
            return [self.bounded(first, 1), ew.shifted(self.positive(values[1]), 1.2)]
        values = [self.fit(v, need) for v, need in zip(values, needs)]
        return None if any(v is None for v in values) else values

    def point_of(self, family, q, depth=1):
        need = families.FAMILIES[family].point
        if need == "inside":  # between the bounds, which are as parameters_of makes them
            return ew.shifted(ew.scaled(ew.unary("sigmoid", self.bounded(self.shaped_like(q[0]), 3)), 0.2), 1)
        if family in ("bernoulli", "categorical"):
            return self.fit(self.exactly(q[0].shape), need)
        x = self.fit(self.operand(depth), need)
        return x if families.together([*q, x]) is not None and math.prod(families.together([*q, x])) <= LARGEST else \
            self.fit(self.shaped_like(q[0]), need)

    def distribution(self, depth):
        if self.dice.one_in(6):
            return self.vectors()
        family = self.dice.pick(sorted(families.FAMILIES))
        q = self.parameters_of(family, depth)
        if q is None or families.together(q) is None:
            return None
        kind = self.dice.weighted({"log_prob": 2, "entropy": 1, "kl": 2})
        if kind == "entropy":
            return families.entropy(family, q)
        if kind == "log_prob":
            if family == "normal" and self.dice.one_in(2):  # sigma written as exp(s)
                q[1] = self.bounded(self.shaped_like(q[0]), 1.5)
                return families.log_prob(family, q, self.point_of(family, q), as_exp=1)
            return families.log_prob(family, q, self.point_of(family, q, depth))
        if family == "uniform":
            return families.divergence_of_uniform(*q)
        if family == "normal" and self.dice.one_in(2):
            return families.kl_to_standard_normal(*q)
        if not families.FAMILIES[family].kl:
            return None
        needs = families.FAMILIES[family].parameters
        p = [self.fit(self.shaped_like(q[0]) if family != "categorical" else self.exactly(q[0].shape), n) for n in needs]
        return families.divergence(family, q, p) if None not in p and families.together([*q, *p]) is not None else None

    def vectors(self):
        n = self.dice.between(2, 4)
        mu, matrix = self.bounded(self.exactly((n,)), 2), self.triangle(n)
        what = self.dice.pick(["log_prob", "entropy", "kl", "kl_normal", "normal_kl"])
        if what == "log_prob":
            return families.of_vectors(what, mu, matrix, x=self.bounded(self.exactly((n,)), 2))
        if what == "entropy":
            return families.of_vectors(what, mu, matrix)
        mean = self.bounded(self.exactly((n,)), 1)
        if what == "kl":
            return families.of_vectors("kl", mu, matrix, other=(mean, self.triangle(n)))
        sigma = self.positive(self.exactly((n,)))
        if what == "kl_normal":
            return families.of_vectors("kl", mu, matrix, other=(mean, sigma))
        return families.kl_of_normal_to_vectors(mean, sigma, mu, matrix)

"""What the JAX text of a model calls: named definitions, some for each row and some over all rows, evaluated in order,
and differentiated as docs/language.md says. A value with rows has them in front; jax.vmap hides them from formulas."""

import jax
import jax.numpy as jnp


class Definitions:
    def __init__(self, rows, training=False):
        self.rows, self.training = rows, training
        self.batched, self.before, self.rules = {}, {}, {}

    # --- what the model says

    def leaf(self, name, batched):
        self.batched[name], self.before[name] = batched, {name}

    def define(self, name, needs, batched, rule):
        self.batched[name], self.rules[name] = batched, rule
        self.before[name] = {name}.union(*(self.before[n] for n in needs))

    def each(self, name, needs, formula):
        """A formula for one row, or for what has no rows."""
        axes = [0 if self.batched[n] else None for n in needs]
        any_rows = any(a == 0 for a in axes)

        def rule(env):
            values = [self.value(n, env) for n in needs]
            return jax.vmap(formula, in_axes=axes)(*values) if any_rows else jnp.asarray(formula(*values))
        self.define(name, needs, any_rows, rule)

    def over_rows(self, name, how, of):
        mean = how == "mean"
        self.define(name, [of], False, lambda env: (jnp.mean if mean else jnp.sum)(self.value(of, env), axis=0))

    def derivative(self, name, kind, y, x, direction=None):
        needs = [y, x] + ([direction] if direction else [])
        batched = self.batched[y] or self.batched[x] and kind != "jvp"
        self.define(name, needs, batched, lambda env: self.differentiate(kind, y, x, direction, env))

    def elements(self, name, matrix, rows_and_columns, y_rank):
        """Of a Jacobian or Hessian the elements of a sparse one, row by row."""
        rows, columns = (jnp.array(c) for c in zip(*rows_and_columns))

        def pick(m):
            size = 1
            for n in m.shape[:y_rank]:
                size *= n
            return m.reshape(size, -1)[rows, columns]
        self.each(name, [matrix], pick)

    def scan(self, name, body, along, carry, nexts, same, steps, backwards=False):
        """`along`, `carry` and `same` map the body's formals to names here; `nexts` the states to names in the body."""
        for formal, outer in same.items():
            body.leaf(formal, self.batched[outer])
        needs = [*along.values(), *carry.values(), *same.values()]
        batched = any(self.batched[n] for n in needs)
        for formal, outer in along.items():
            body.leaf(formal, self.batched[outer])
        for state in carry:
            body.leaf(state, batched)
        self.define(name, needs, batched, lambda env: self.run_scan(body, along, carry, nexts, same, steps, backwards, env))
        self.rules[name + "/body"] = body

    def scan_result(self, name, scan, which, of):
        """`which`: each, next, before or last."""
        body = self.rules[scan + "/body"]

        def rule(env):
            every = self.value(scan, env)
            key = (("before" if which == "before" else "next" if which in ("next", "last") else "each"), of)
            values = [step(key) for step in every]
            if which == "last":
                return values[every[0].last]
            return jnp.stack(values, axis=1 if self.batched[name] else 0)
        batched = body.batched[of] if which == "each" else self.batched[scan]
        self.define(name, [scan], batched, rule)

    # --- values

    def value(self, name, env):
        if name not in env:
            env[name] = self.rules[name](env)
        return env[name]

    def spread(self, value, batched):
        return value if batched else jnp.broadcast_to(value, (self.rows, *value.shape))

    def run_scan(self, body, along, carry, nexts, same, steps, backwards, env):
        whole = any(self.batched[n] for n in [*along.values(), *carry.values(), *same.values()])
        states = {s: self.value(n, env) if not whole else self.spread(self.value(n, env), self.batched[n])
                  for s, n in carry.items()}
        done = [None] * steps
        for t in (reversed(range(steps)) if backwards else range(steps)):
            inner = {f: self.value(n, env) for f, n in same.items()}
            for f, n in along.items():
                sequence = self.value(n, env)
                inner[f] = sequence[:, t] if self.batched[n] else sequence[t]
            inner.update(states)
            after = {s: body.value(n, inner) for s, n in nexts.items()}
            after = {s: self.spread(v, body.batched[nexts[s]]) if whole else v for s, v in after.items()}
            done[t] = Step(body, inner, dict(states), after, 0 if backwards else -1)
            states = after
        return done

    # --- derivatives

    def as_function(self, y, x, env):
        """y as a function of x, everything that does not depend on x as it is in env."""
        rest = {n: v for n, v in env.items() if x not in self.before[n]}
        for n in self.before[y]:  # leaves and the like, outside of the function
            if x not in self.before[n] and n not in rest and n in self.rules:
                self.value(n, rest)
        return lambda at: self.value(y, {**rest, x: at})

    def differentiate(self, kind, y, x, direction, env):
        f, at = self.as_function(y, x, env), self.value(x, env)
        rows_in_both = self.batched[y] and self.batched[x]
        total = (lambda v: jnp.sum(f(v), axis=0)) if rows_in_both else f
        if kind == "grad":
            return jax.jacrev(f)(at) if self.batched[y] and not self.batched[x] else jax.grad(total)(at)
        if kind == "jacobian":
            return self.rows_first(jax.jacrev(total)(at), at, x)
        if kind == "hessian":
            slope = jax.jacrev(total)
            if self.batched[x]:
                return self.rows_first(jax.jacrev(lambda v: jnp.sum(slope(v), axis=0))(at), at, x)
            return jax.jacfwd(slope)(at)
        given = self.value(direction, env)
        if kind == "jvp":
            if self.batched[x] and not self.batched[direction]:
                given = self.spread(given, False)
            return jax.jvp(f, (at,), (given,))[1]
        if kind == "hessian_vector_product":
            if self.batched[x] and not self.batched[direction]:
                given = self.spread(given, False)
            return jax.jvp(jax.jacrev(total), (at,), (given,))[1]
        if self.batched[y] and not self.batched[direction]:
            given = self.spread(given, False)
        if self.batched[y] and not self.batched[x]:
            matrix = jax.jacrev(f)(at)
            count = given.ndim - 1
            return jax.vmap(lambda u, m: jnp.tensordot(u, m, count))(given, matrix)
        return jax.vjp(f, at)[1](given)[0]

    def rows_first(self, matrix, at, x):
        """Of a derivative in what has rows, which stand behind y's axes."""
        return jnp.moveaxis(matrix, matrix.ndim - at.ndim, 0) if self.batched[x] else matrix

    # --- programs

    def run(self, names, leaves):
        env = dict(leaves)
        return {n: self.value(n, env) for n in names}

    def gradient(self, loss, names, leaves, how="mean"):
        """The loss of a gradient program and its derivative with respect to each name."""
        env = dict(leaves)
        reduce = (lambda v: v) if how == "each" or not self.batched[loss] else jnp.mean if how == "mean" else jnp.sum
        value = reduce(self.value(loss, env))
        slopes = {}
        for n in names:
            f, at = self.as_function(loss, n, env), self.value(n, env)
            if how == "each" and not self.batched[n]:
                slopes[n] = jax.jacrev(f)(at)
            elif how == "each":
                slopes[n] = jax.grad(lambda v: jnp.sum(f(v)))(at)
            else:
                slopes[n] = jax.grad(lambda v: reduce(f(v)))(at)
        return value, slopes


class Step:
    def __init__(self, body, env, before, after, last):
        self.body, self.env, self.before, self.after, self.last = body, env, before, after, last

    def __call__(self, key):
        which, of = key
        return {"before": self.before, "next": self.after}[which][of] if which != "each" else self.body.value(of, self.env)

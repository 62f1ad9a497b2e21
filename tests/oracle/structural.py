"""Reductions, products and movements in both languages. An example's axes are JAX's: the rows are added by jax.vmap."""

import math
from nodes import node


def axes_text(axes, keep):
    named = f", hg::axes<{', '.join(map(str, axes))}>" if axes else ""
    return named + (", hg::keep_axes" if keep else "")


def reduced_shape(shape, axes, keep):
    gone = {a % len(shape) for a in axes} if axes else set(range(len(shape)))
    return tuple(1 if i in gone else n for i, n in enumerate(shape) if keep or i not in gone), \
        math.prod(n for i, n in enumerate(shape) if i in gone)


# name: (C++, JAX, needs, curved)
REDUCTIONS = {
    "sum": ("sum", "jnp.sum({0}{1})", "any", False),
    "mean": ("mean", "jnp.mean({0}{1})", "any", False),
    "prod": ("prod", "jnp.prod({0}{1})", "tame", True),
    "max": ("max", "jnp.max({0}{1})", "generic", False),
    "min": ("min", "jnp.min({0}{1})", "generic", False),
    "log_sum_exp": ("log_sum_exp", "jax.scipy.special.logsumexp({0}{1})", "tame", True),
    "l1_norm": ("l1_norm", "jnp.sum(jnp.abs({0}){1})", "generic", False),
    "l2_norm": ("l2_norm", "jnp.sqrt(jnp.sum(jnp.square({0}){1}))", "apart", True),
    "max_norm": ("max_norm", "jnp.max(jnp.abs({0}){1})", "generic", False),
}


def reduction(name, x, axes=(), keep=False):
    cpp, jax, _, curved = REDUCTIONS[name]
    shape, count = reduced_shape(x.shape, axes, keep)
    last = ", axis=" + (f"({', '.join(map(str, axes))},)" if axes else "None") + (", keepdims=True" if keep else "")
    low, high = x.low, x.high
    bound = max(abs(low), abs(high))
    reach = {"sum": (low * count, high * count), "l1_norm": (0, bound * count), "log_sum_exp": (low, high + math.log(count)),
             "l2_norm": (0, bound * math.sqrt(count)), "max_norm": (0, bound),
             "prod": (-max(bound, 1) ** count if low < 0 else 0, max(bound, 1) ** count) if count < 20 else
             (-math.inf, math.inf)}.get(name, (low, high))
    if name == "prod" and count == 1:
        curved = False
    return node(name, f"{cpp}({{0}}{axes_text(axes, keep)})", jax.replace("{1}", last), [x], shape, *reach,
                generic=x.generic, curved=curved and count > 1)


def softmax(name, x, axes=()):
    last = f", axis=({', '.join(map(str, axes))},)" if axes else ", axis=-1"
    low, high = (0, 1) if name == "softmax" else (x.low - x.high - math.log(x.size), 0)
    return node(name, f"{name}({{0}}{axes_text(axes, False)})", f"jax.nn.{name}({{0}}{last})", [x], x.shape, low, high,
                curved=True, generic=x.generic)


def product(name, cpp, jax, a, b, shape, depth):
    bound = max(abs(a.low), abs(a.high)) * max(abs(b.low), abs(b.high)) * depth
    result = node(name, cpp, jax, [a, b], shape, -bound, bound, generic=a.generic and b.generic)
    result.curved |= frozenset(frozenset((s, t)) for s in a.flow for t in b.flow if s != t)
    return result


def matmul(a, b):
    shape = a.shape[:-1] + (b.shape[1:] if len(b.shape) == 2 else ())
    depth = a.shape[-1]
    if len(a.shape) == 2 and len(b.shape) == 1:
        return product("times", "({0} * {1})", "({0} @ {1})", a, b, shape, depth)
    return product("matmul", "matmul({0}, {1})", "({0} @ {1})", a, b, shape, depth)


def dot(a, b):
    return product("dot", "dot({0}, {1})", "jnp.dot({0}, {1})", a, b, (), a.shape[0])


def outer(a, b):
    return product("outer", "outer({0}, {1})", "jnp.outer({0}, {1})", a, b, (a.shape[0], b.shape[0]), 1)


def movement(name, cpp, jax, x, shape, generic=None, low=None, high=None):
    return node(name, cpp, jax, [x], shape, x.low if low is None else low, x.high if high is None else high,
                generic=x.generic if generic is None else generic)


def listed(numbers):
    return ", ".join(map(str, numbers))


def reshape(x, shape):
    return movement("reshape", f"hg::reshape<{listed(shape)}>({{0}})", f"jnp.reshape({{0}}, ({listed(shape)},))", x, shape)


def transpose(x, order=None):
    if order is None:
        return movement("transpose", "transpose({0})", "jnp.transpose({0})", x, x.shape[::-1])
    return movement("transpose", f"hg::transpose<{listed(order)}>({{0}})", f"jnp.transpose({{0}}, ({listed(order)},))", x,
                    tuple(x.shape[i] for i in order))


def slice_of(x, first, last, axis):
    shape = tuple(last - first if i == axis else n for i, n in enumerate(x.shape))
    return movement("slice", f"hg::slice<{first}, {last}, {axis}>({{0}})",
                    f"lax.slice_in_dim({{0}}, {first}, {last}, axis={axis})", x, shape)


def broadcast_to(x, shape):
    return movement("broadcast_to", f"hg::broadcast_to<{listed(shape)}>({{0}})",
                    f"jnp.broadcast_to({{0}}, ({listed(shape)},))", x, shape)


def concatenate(parts, axis):
    shape = tuple(sum(p.shape[axis] for p in parts) if i == axis else n for i, n in enumerate(parts[0].shape))
    holes = ", ".join(f"{{{i}}}" for i in range(len(parts)))
    return node("concatenate", f"hg::concatenate<{axis}>({holes})", f"jnp.concatenate([{holes}], axis={axis})", parts, shape,
                min(p.low for p in parts), max(p.high for p in parts), generic=all(p.generic for p in parts))


def lower_triangle(x):
    return movement("lower_triangle", "lower_triangle({0})", "jnp.tril({0})", x, x.shape, False,
                    min(x.low, 0), max(x.high, 0))


def diagonal(x):
    return movement("diagonal", "diagonal({0})", "jnp.diagonal({0})", x, x.shape[:1])


def triangular_solve(matrix, b):
    """Of the matrix the lower triangle is read; its diagonal is to be away from zero."""
    bound = max(abs(b.low), abs(b.high)) / matrix.low if matrix.low > 0 else math.inf
    result = node("triangular_solve", "triangular_solve({0}, {1})",
                  "jax.scipy.linalg.solve_triangular(jnp.tril({0}), {1}, lower=True)", [matrix, b], b.shape,
                  -bound * 2 ** b.shape[0], bound * 2 ** b.shape[0], curved=False)
    return result


def loss(name, operands):
    """The losses over whole examples; the second operand broadcasts."""
    cpp, jax = {
        "mse": ("mse({0}, {1})", "jnp.mean(jnp.square({0} - {1}))"),
        "squared_error": ("squared_error({0}, {1})", "jnp.sum(jnp.square({0} - {1}))"),
        "bernoulli_nll": ("bernoulli_nll({0}, {1})",
                          "-jnp.sum({1} * jax.nn.log_sigmoid({0}) + (1 - {1}) * jax.nn.log_sigmoid(-{0}))"),
        "gaussian_nll": ("gaussian_nll({0}, {1}, {2})",
                         "-jnp.sum(jax.scipy.stats.norm.logpdf({0}, {1}, jnp.exp({2} / 2)))"),
        "l1": ("l1({0})", "jnp.sum(jnp.abs({0}))"),
        "l2": ("l2({0})", "jnp.sum(jnp.square({0}))"),
    }[name]
    count = max(o.size for o in operands)
    bound = 100.0 * count
    result = node(name, cpp, jax, operands, (), -bound, bound, generic=all(o.generic for o in operands),
                  curved=name != "l1")
    if name == "bernoulli_nll":  # linear in its targets
        result.curved = operands[0].curved | operands[1].curved | frozenset(
            p for p in result.curved if p & operands[0].flow)
    return result

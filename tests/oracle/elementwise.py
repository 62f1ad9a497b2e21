"""The elementwise operations: how each is spelled in both languages, what it takes and what it gives. `needs` says which
values keep a model away from poles, overflow and kinks, where the two systems may differ by convention."""

import math

from nodes import broadcast, node, number


def monotone(f):
    return lambda low, high: (f(low), f(high))


def softplus(x):
    return x + math.log1p(math.exp(-x)) if x > 0 else math.log1p(math.exp(x))


def around(low, high):
    return lambda *_: (low, high)


def squared(low, high):
    return (0 if low <= 0 <= high else min(low * low, high * high)), max(low * low, high * high)


def absolute(low, high):
    return (0 if low <= 0 <= high else min(abs(low), abs(high))), max(abs(low), abs(high))


# name: (C++, JAX, needs, range, whether its second derivative does not vanish)
UNARY = {
    "negate": ("-{0}", "-{0}", "any", lambda l, h: (-h, -l), False),
    "square": ("square({0})", "jnp.square({0})", "any", squared, True),
    "sqrt": ("sqrt({0})", "jnp.sqrt({0})", "positive", monotone(math.sqrt), True),
    "abs": ("abs({0})", "jnp.abs({0})", "generic", absolute, False),
    "sign": ("sign({0})", "jnp.sign({0})", "generic", around(-1, 1), None),
    "exp": ("exp({0})", "jnp.exp({0})", "small", monotone(math.exp), True),
    "log": ("log({0})", "jnp.log({0})", "positive", monotone(math.log), True),
    "log1p": ("log1p({0})", "jnp.log1p({0})", "positive", monotone(math.log1p), True),
    "expm1": ("expm1({0})", "jnp.expm1({0})", "small", monotone(math.expm1), True),
    "sin": ("sin({0})", "jnp.sin({0})", "tame", around(-1, 1), True),
    "cos": ("cos({0})", "jnp.cos({0})", "tame", around(-1, 1), True),
    "tanh": ("tanh({0})", "jnp.tanh({0})", "any", monotone(math.tanh), True),
    "sigmoid": ("sigmoid({0})", "jax.nn.sigmoid({0})", "any", around(0, 1), True),
    "softplus": ("softplus({0})", "jax.nn.softplus({0})", "tame", monotone(softplus), True),
    "relu": ("relu({0})", "jnp.where({0} > 0, {0}, 0.0)", "generic", lambda l, h: (max(l, 0), max(h, 0)), False),
    "leaky_relu": ("leaky_relu({0})", "jnp.where({0} > 0, {0}, 0.01 * {0})", "generic", lambda l, h: (l, h), False),
    "leaky_relu_of": ("leaky_relu({0}, 0.2)", "jnp.where({0} > 0, {0}, 0.2 * {0})", "generic", lambda l, h: (l, h), False),
    "elu": ("elu({0})", "jax.nn.elu({0})", "generic", lambda l, h: (min(l, 0), max(h, 0)), False),
    "elu_of": ("elu({0}, 0.7)", "jax.nn.elu({0}, 0.7)", "generic", lambda l, h: (min(l, 0), max(h, 0)), False),
    "gelu": ("gelu({0})", "jax.nn.gelu({0}, approximate=False)", "tame", lambda l, h: (min(l, -0.2), max(h, 0.1)), True),
    "silu": ("silu({0})", "jax.nn.silu({0})", "tame", lambda l, h: (min(l, -0.3), max(h, 0.1)), True),
    "normal_cdf": ("normal_cdf({0})", "jax.scipy.stats.norm.cdf({0})", "tame", around(0, 1), True),
    "log_normal_cdf": ("log_normal_cdf({0})", "jax.scipy.special.log_ndtr({0})", "tame", lambda l, h: (-l * l - 2, 0), True),
    "log_gamma": ("log_gamma({0})", "jax.scipy.special.gammaln({0})", "positive", lambda l, h: (-0.2, 3 + h * h), True),
    "digamma": ("digamma({0})", "jax.scipy.special.digamma({0})", "positive", lambda l, h: (-1 / l - 1, 3 + h), True),
    "polygamma_1": ("polygamma(1, {0})", "jax.scipy.special.polygamma(1, {0})", "positive",
                    lambda l, h: (0, 1 / (l * l) + 2), True),
    "polygamma_2": ("polygamma(2, {0})", "jax.scipy.special.polygamma(2, {0})", "positive",
                    lambda l, h: (-2 / (l * l * l) - 3, 0), True),
    "log_bessel_i0": ("log_bessel_i0({0})", "log_bessel_i0({0})", "positive", lambda l, h: (0, h), True),
    "bessel_ratio": ("bessel_ratio({0})", "bessel_ratio({0})", "positive", around(0, 1), True),
    "stop_gradient": ("stop_gradient({0})", "lax.stop_gradient({0})", "any", lambda l, h: (l, h), None),
    "pow_3": ("pow({0}, 3)", "jnp.power({0}, 3.0)", "tame", lambda l, h: (-abs(l) ** 3, abs(h) ** 3), True),
    "pow_half": ("pow({0}, -0.5)", "jnp.power({0}, -0.5)", "positive", lambda l, h: (h ** -0.5, l ** -0.5), True),
}


def unary(name, x):
    cpp, jax, needs, reach, curved = UNARY[name]
    known = name in ("tanh", "sigmoid") or math.isfinite(x.low) and math.isfinite(x.high)
    low, high = reach(x.low, x.high) if known else (-math.inf, math.inf)
    generic = x.generic and (bool(curved) or name in ("negate", "abs", "leaky_relu", "leaky_relu_of", "elu"))
    return node(name, cpp, jax, [x], x.shape, low, high, generic=generic, curved=bool(curved),
                flat=() if curved is not None else (0,))


def needs_of(name):
    return UNARY[name][2]


def corners(f, a, b):
    ends = [f(s, t) for s in (a.low, a.high) for t in (b.low, b.high)
            if all(map(math.isfinite, (a.low, a.high, b.low, b.high)))]
    return (min(ends), max(ends)) if ends else (-math.inf, math.inf)


# name: (C++, JAX, needs of the first and of the second, range, curved, operands without a gradient)
BINARY = {
    "add": ("({0} + {1})", "({0} + {1})", "any", "any", lambda a, b: (a.low + b.low, a.high + b.high), False, ()),
    "subtract": ("({0} - {1})", "({0} - {1})", "any", "any", lambda a, b: (a.low - b.high, a.high - b.low), False, ()),
    "multiply": ("hadamard({0}, {1})", "({0} * {1})", "tame", "tame",
                 lambda a, b: corners(lambda s, t: s * t, a, b), False, ()),
    "divide": ("({0} / {1})", "({0} / {1})", "tame", "positive", lambda a, b: corners(lambda s, t: s / t, a, b), False, ()),
    "pow": ("pow({0}, {1})", "jnp.power({0}, {1})", "positive", "tame",
            lambda a, b: corners(lambda s, t: s ** t, a, b), True, ()),
    "max_of": ("max({0}, {1})", "jnp.maximum({0}, {1})", "generic", "generic",
               lambda a, b: (max(a.low, b.low), max(a.high, b.high)), False, ()),
    "min_of": ("min({0}, {1})", "jnp.minimum({0}, {1})", "generic", "generic",
               lambda a, b: (min(a.low, b.low), min(a.high, b.high)), False, ()),
    "log_gamma_quantile": ("log_gamma_quantile({0}, {1})", "log_gamma_quantile({0}, {1})", "shape", "part",
                           around(-40, 4), True, ()),
    "gamma_quantile": ("gamma_quantile({0}, {1})", "jnp.exp(log_gamma_quantile({0}, {1}))", "shape", "part",
                       around(0, 20), True, ()),
    "von_mises_quantile": ("von_mises_quantile({0}, {1})", "von_mises_quantile({0}, {1})", "shape", "part",
                           around(-math.pi, math.pi), True, ()),
}
for _name, _sign in {"less": "<", "less_equal": "<=", "greater": ">", "greater_equal": ">=", "equal": "==",
                     "not_equal": "!="}.items():
    BINARY[_name] = (f"({{0}} {_sign} {{1}})", f"jnp.where({{0}} {_sign} {{1}}, 1.0, 0.0)", "generic", "generic",
                     around(0, 1), False, (0, 1))


def binary(name, a, b):
    cpp, jax, _, _, reach, curved, flat = BINARY[name]
    low, high = reach(a, b)
    generic = {"add": a.generic or b.generic, "subtract": a.generic or b.generic, "multiply": a.generic and b.generic,
               "divide": a.generic, "pow": a.generic, "max_of": True, "min_of": True}.get(name, False)
    if a is b or a.operation == "name" and b.operation == "name" and a.cpp == b.cpp:
        generic = False
    result = node(name, cpp, jax, [a, b], broadcast(a.shape, b.shape), low, high, generic=generic, curved=curved, flat=flat)
    if name in ("multiply", "divide"):  # bilinear: curved in a pair of one of each
        result.curved |= frozenset(frozenset((s, t)) for s in a.flow for t in b.flow if s != t)
    return result


def scaled(x, factor):
    ends = sorted((x.low * factor, x.high * factor))
    return node("multiply", f"({{0}} * {number(factor)})", f"({{0}} * {number(factor)})", [x], x.shape, *ends,
                generic=x.generic)


def shifted(x, by):
    return node("add", f"({{0}} + {number(by)})", f"({{0}} + {number(by)})", [x], x.shape, x.low + by, x.high + by,
                generic=x.generic)


def choice(condition, a, b):
    shape = broadcast(broadcast(condition.shape, a.shape), b.shape)
    return node("where", "where({0}, {1}, {2})", "jnp.where({0} != 0, {1}, {2})", [condition, a, b], shape,
                min(a.low, b.low), max(a.high, b.high), flat=(0,))


def in_training(a, b):
    result = node("in_training", "in_training({0}, {1})", "in_training({0}, {1})", [a, b], a.shape, min(a.low, b.low),
                  max(a.high, b.high))
    result.flow, result.curved = a.flow & b.flow, a.curved & b.curved
    return result


def clamped(x, low, high):
    return node("clamp", f"clamp({{0}}, {number(low)}, {number(high)})",
                f"jnp.where({{0}} < {number(low)}, {number(low)}, jnp.where({{0}} > {number(high)}, {number(high)}, {{0}}))",
                [x], x.shape, max(low, min(high, x.low)), max(low, min(high, x.high)))


def clamped_between(x, low, high):
    shape = broadcast(broadcast(x.shape, low.shape), high.shape)
    return node("clamp", "clamp({0}, {1}, {2})", "jnp.where({0} < {1}, {1}, jnp.where({0} > {2}, {2}, {0}))",
                [x, low, high], shape, low.low, high.high)

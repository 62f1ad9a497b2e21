#!/usr/bin/env python3
"""Makes derivatives.inc beside this file: values, gradients and Hessians of expressions, by JAX in double. Each expression is
written once, in words that this script and tests/autodiff/derivative_tables.cpp both know, so that the table cannot drift from
what is tested.

    pip install jax && tests/tables/make_derivatives.py

Of an expression that is no single number, the derivatives are those of the sum of its elements times the weights
cos(1), cos(2), ... in order. The Hessian is that in all inputs, one after another, row by row.
"""

import math
import re
from pathlib import Path

import jax
import jax.numpy as jnp
import jax.scipy.special as special
import numpy as np

jax.config.update("jax_enable_x64", True)

# --- the words

WORDS = {
    "square": lambda x: x * x,
    "sqrt": jnp.sqrt, "abs": jnp.abs, "exp": jnp.exp, "log": jnp.log, "log1p": jnp.log1p, "expm1": jnp.expm1,
    "sin": jnp.sin, "cos": jnp.cos, "tanh": jnp.tanh,
    "sigmoid": jax.nn.sigmoid, "softplus": lambda x: jnp.logaddexp(x, 0.0), "relu": jax.nn.relu,
    "leaky_relu": lambda x, s: jnp.where(x > 0, x, s * x), "elu": lambda x, a: jax.nn.elu(x, a),
    "gelu": lambda x: x * special.ndtr(x), "silu": lambda x: x * jax.nn.sigmoid(x), "normal_cdf": special.ndtr,
    "pow": jnp.power, "minimum": jnp.minimum, "maximum": jnp.maximum, "clamp": jnp.clip,
    "where": lambda c, a, b: jnp.where(c, a, b),
    "sum": jnp.sum, "mean": jnp.mean, "largest": jnp.max, "smallest": jnp.min,
    "sum0": lambda x: jnp.sum(x, 0), "sum1": lambda x: jnp.sum(x, 1), "mean1": lambda x: jnp.mean(x, 1),
    "largest1": lambda x: jnp.max(x, 1),
    "log_sum_exp": special.logsumexp, "log_sum_exp1": lambda x: special.logsumexp(x, 1),
    "softmax": lambda x: jax.nn.softmax(x, -1), "log_softmax": lambda x: jax.nn.log_softmax(x, -1),
    "softmax0": lambda x: jax.nn.softmax(x, 0),
    "l1_norm": lambda x: jnp.sum(jnp.abs(x)), "l2_norm": lambda x: jnp.sqrt(jnp.sum(x * x)),
    "matmul": jnp.matmul, "dot": jnp.dot, "outer": jnp.outer, "transpose": jnp.transpose, "hadamard": jnp.multiply,
    "flat": jnp.ravel, "matrix32": lambda x: jnp.reshape(x, (3, 2)),
    "first_two": lambda x: x[:2], "last_column": lambda x: x[:, -1:], "join": lambda x, y: jnp.concatenate([x, y]),
    "column": lambda x: jnp.reshape(x, (-1, 1)),
    "stop_gradient": jax.lax.stop_gradient,
    "mse": lambda a, b: jnp.mean((a - b) ** 2), "squared_error": lambda a, b: jnp.sum((a - b) ** 2),
    "bernoulli_nll": lambda l, t: jnp.sum(jnp.logaddexp(l, 0.0) - l * t),
    "gaussian_nll": lambda t, m, v: 0.5 * jnp.sum((t - m) ** 2 * jnp.exp(-v) + v + math.log(2 * math.pi)),
    "normal_log_prob": lambda x, m, s: jnp.sum(-0.5 * ((x - m) / s) ** 2 - jnp.log(s) - 0.5 * math.log(2 * math.pi)),
    "normal_kl": lambda m, s, n, t: jnp.sum(jnp.log(t / s) + (s * s + (m - n) ** 2) / (2 * t * t) - 0.5),
}

# --- the points

a, b, c = 0.7, -1.3, 0.4
x = np.array([0.3, -0.8, 1.7])
y = np.array([1.1, 0.6, -0.4])
p = np.array([0.2, 0.9, 2.3])  # positive
q = np.array([0.25, 0.5, 0.75])  # probabilities
A = np.array([[0.5, -1.2, 0.8], [1.4, 0.3, -0.7]])
B = np.array([[0.9, -0.4], [0.2, 1.6], [-1.1, 0.5]])
S = np.array([[1.1, 0.2, -0.3], [-0.6, 0.9, 0.4], [0.1, -0.5, 1.3]])
POINTS = dict(a=a, b=b, c=c, x=x, y=y, p=p, q=q, A=A, B=B, S=S)

cases = []


def case(expression, **at):
    """At the usual points, or where told; inputs are the single letters of the expression that are points."""
    names = [n for n in POINTS if n in set(w for w in re.findall(r"\b[a-zA-Z]\b", expression))]
    cases.append((expression, {n: np.asarray(at.get(n, POINTS[n]), dtype=float) for n in names}))


# Functions of one number, at ordinary and hard points.
WIDE = [0.5, -1.25, 3.0, -20.0, 12.0, 1e-8, -1e-8]
for f in ["exp", "sin", "cos", "tanh", "sigmoid", "softplus", "silu", "expm1"]:
    for at in WIDE:
        case(f"{f}(a)", a=at)
for f in ["gelu", "normal_cdf"]:
    for at in [0.5, -1.25, 3.0, -5.0, 1e-8]:
        case(f"{f}(a)", a=at)
for f in ["square", "abs", "relu"]:
    for at in [0.5, -1.25, 1e-8]:
        case(f"{f}(a)", a=at)
case("square(a)", a=0.0)
case("relu(a)", a=0.0)
for f in ["sqrt", "log", "log1p"]:
    for at in [0.5, 1.0, 1e-8, 1e8]:
        case(f"{f}(a)", a=at)
case("log1p(a)", a=-0.75)
case("log1p(a)", a=0.0)
for at in [0.5, -1.25, 1e-8, 5.0]:
    case("leaky_relu(a, 0.1)", a=at)
    case("elu(a, 0.7)", a=at)

# Functions of two numbers.
for e in ["a + b", "a - b", "a * b", "a / b", "pow(exp(a), b)", "maximum(a, b)", "minimum(a, b)", "a * a * b - b / a",
          "exp(a * b) + sin(a) * b", "sigmoid(a - b) * tanh(a + b)", "log(square(a) + square(b))",
          "sqrt(square(a) + square(b) + 1)", "pow(square(a) + 1, 1.5) / (1 + exp(b))", "a * stop_gradient(b * a)"]:
    case(e)
    case(e, a=-2.1, b=0.35)
case("maximum(a, b)", a=1.5, b=1.5)
case("minimum(a, b)", a=1.5, b=1.5)
case("pow(a, 3)", a=-1.7)
case("pow(a, 3)", a=0.0)
case("pow(a, 0.5)", a=2.0)
case("pow(a, b)", a=2.5, b=-1.5)
case("where(a > b, sin(a), cos(b) * a)")
case("clamp(a, b, c)", a=0.1)
case("clamp(a, b, c)", a=2.0)
case("clamp(a, b, c)", a=-3.0)

# Vectors.
for e in ["exp(x)", "x * y", "x / (2 + sin(y))", "a * x + b", "x - y * a", "tanh(x) * sigmoid(y)", "square(x - y)",
          "sum(x * y)", "mean(exp(x))", "largest(x)", "smallest(x * y)", "log_sum_exp(x)", "softmax(x)",
          "log_softmax(x)", "softmax(x) * y", "log_sum_exp(2 * x - y)", "l2_norm(x)", "l1_norm(x)", "l2_norm(x - y)",
          "dot(x, y)", "outer(x, y)", "outer(x, exp(y))", "x / l2_norm(x)", "join(x, square(y))", "first_two(x) * a",
          "sum(where(x > y, x * x, exp(y)))", "maximum(x, y)", "minimum(x * 2, y)", "relu(x) * softplus(y)",
          "hadamard(column(x), y)", "column(x) - y", "pow(p, y)", "p * log(p)", "log(p) / sqrt(p)", "sum(p) * log(sum(p))",
          "sum(p * x) / sum(p)", "gelu(x) * silu(y)", "leaky_relu(x, 0.2) * elu(y, 1.3)", "log1p(square(x)) * cos(y)",
          "sin(x * y) + cos(x - y)", "normal_cdf(x) * exp(-square(y))", "1 / (1 + square(x))", "square(sum(x))",
          "sum(x) * y", "exp(-square(x - y) / 2)", "sum(square(x - mean(x)))", "x - mean(x)", "log(sum(exp(x)) + 1)",
          "sqrt(1 + square(x)) - 1", "tanh(x * y) / (1 + square(y))", "sum(softmax(x) * x)", "sum(pow(p, 2.5))",
          "sum(p * log(p)) - sum(p) * log(sum(p))", "sigmoid(sum(x * y) + a) * x", "softplus(x) - softplus(-x)",
          "abs(x) * y", "silu(x + y)", "expm1(x) / (2 + cos(y))", "flat(outer(x, y)) * a", "sum(x * x * x)",
          "clamp(x, -1, 1) * y", "where(x > 0, x * y, x - y)", "join(x * a, y * b)", "largest(x) - smallest(y)",
          "l2_norm(x) * l1_norm(y)"]:
    case(e)
case("log_sum_exp(x)", x=[700.0, 710.0, -700.0])
case("softmax(x)", x=[0.0, 50.0, -50.0])
case("largest(x)", x=[1.0, 0.5, -2.0])

# Matrices.
for e in ["matmul(A, x)", "matmul(A, B)", "matmul(transpose(A), first_two(x))", "matmul(B, A)", "matmul(S, S)",
          "tanh(matmul(A, x))", "sigmoid(matmul(A, x) + first_two(y))", "matmul(A, tanh(matmul(S, x)))",
          "matmul(transpose(S), matmul(S, x))", "dot(x, matmul(S, x))", "transpose(A)", "hadamard(A, transpose(B))",
          "sum(A)", "sum0(A)", "sum1(square(A))", "mean1(exp(A))", "largest1(A)", "log_sum_exp1(A)", "softmax(A)",
          "softmax0(A)", "hadamard(log_softmax(A), transpose(B))", "hadamard(A, x)", "A + x", "A / (3 + column(first_two(x)))",
          "flat(A) * flat(B)", "matrix32(flat(A)) - B", "hadamard(last_column(A), A)", "matmul(hadamard(A, x), B)",
          "matmul(softmax(A), B)", "l2_norm(matmul(A, B))", "sum(square(matmul(S, x) - y))", "outer(x, y) + S",
          "log_sum_exp(matmul(S, x) * y)", "matmul(transpose(A), matmul(A, x)) - y",
          "sum(tanh(matmul(S, tanh(matmul(S, x) + y))))", "join(A, transpose(B))", "matmul(matmul(A, B), matmul(A, B))",
          "sum(square(matmul(A, transpose(A))))", "matmul(S, softmax(matmul(S, x)))", "hadamard(S, outer(x, y))",
          "matmul(exp(A), x)", "sum(hadamard(matmul(A, S), A))", "l2_norm(A)", "log_sum_exp(A)", "largest(A)",
          "sigmoid(A - a) / (1 + square(transpose(B)))", "sum0(exp(A)) * sum0(transpose(B))", "matmul(transpose(B), x)"]:
    case(e)

# Losses and densities.
for e in ["mse(x, y)", "squared_error(tanh(x), y)", "bernoulli_nll(x, q)", "bernoulli_nll(matmul(S, x), q)",
          "gaussian_nll(x, y, p)", "gaussian_nll(x, matmul(S, y), x)", "normal_log_prob(x, y, p)",
          "normal_log_prob(x, a, exp(b))", "normal_kl(x, p, y, exp(y))", "normal_kl(x, p, 0, 1)",
          "mse(sigmoid(matmul(transpose(A), tanh(matmul(A, x)))), x)", "normal_kl(x, p, y, p)",
          "bernoulli_nll(x * y, sigmoid(y))", "gaussian_nll(x, y, 0 * y)"]:
    case(e)
case("bernoulli_nll(x, q)", x=[40.0, -40.0, 0.0])

# --- the table


def number(v):
    v = float(v)
    if math.isinf(v) or math.isnan(v):
        raise SystemExit("a derivative that is no number has no place in the table")
    return repr(v)


def rows(values):
    return "{" + ", ".join(number(v) for v in np.ravel(values)) + "}"


def main():
    lines = ["// Made by make_derivatives.py beside this file, with JAX " + jax.__version__ +
             ", in double. DERIVATIVES(expression as text,", "// expression, {input, extents, values}..., value, "
             "gradient, Hessian)", "// clang-format off"]
    for expression, inputs in cases:
        names, values = list(inputs), list(inputs.values())
        sizes = [v.size for v in values]

        def loss(flat):
            parts, at = {}, 0
            for n, v in zip(names, values):
                parts[n] = jnp.reshape(flat[at:at + v.size], v.shape)
                at += v.size
            result = eval(expression, {**WORDS, **parts})
            if result.ndim == 0:
                return result
            return jnp.sum(jnp.ravel(result) * jnp.cos(jnp.arange(1.0, result.size + 1)))

        flat = jnp.concatenate([jnp.ravel(v) for v in values])
        value, gradient, second = loss(flat), jax.grad(loss)(flat), jax.hessian(loss)(flat)
        described = ", ".join(f"{{'{n}', {{{', '.join(str(e) for e in v.shape)}}}, {rows(v)}}}" for n, v in inputs.items())
        lines.append(f'DERIVATIVES("{expression}", ({expression}),\n    INPUTS({described}),\n    {number(value)},\n'
                     f"    NUMBERS({rows(gradient)}),\n    NUMBERS({rows(second)}))")
    Path(__file__).with_name("derivatives.inc").write_text("\n".join(lines) + "\n")
    print(f"{len(cases)} cases, {len(set(e for e, _ in cases))} expressions")


main()

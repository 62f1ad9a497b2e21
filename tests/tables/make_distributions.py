#!/usr/bin/env python3
"""Makes distributions.inc beside this file: log densities, entropies, divergences and quantiles, by mpmath and SciPy. Each
expression is written once, in words that this script and tests/probability/distributions.cpp both know, so that the table cannot
drift from what is tested.

    pip install mpmath scipy && tests/tables/make_distributions.py

Log densities, entropies and divergences are those of densities.py. Quantiles are SciPy's, made exact by Newton's method
on mpmath's distribution functions.
"""

import re
from pathlib import Path

import mpmath
import numpy as np
import scipy
import scipy.stats as stats
from mpmath import mp, mpf

from densities import (Categorical, MultivariateNormal, Product, bernoulli, beta, exponential, gamma, laplace, logistic,
                       normal, student_t, uniform, von_mises)

# --- the words

def family(cls):
    return lambda *parameters: Product(cls, *parameters)


def newton(cdf, density, start, u):
    x = mpf(float(start))
    for _ in range(60):
        step = (cdf(x) - u) / density(x)
        x -= step
        if abs(step) < mpf(10) ** -25 * max(1, abs(x)):
            return x
    raise SystemExit("a quantile does not converge")


def log_gamma_quantile(a, u):
    a, u = mpf(float(a)), mpf(float(u))
    start = mp.log(mpf(float(stats.gamma(float(a)).ppf(float(u))))) if a > 0.05 else (mp.log(u) + mp.loggamma(a + 1)) / a
    # in l = log z
    return newton(lambda l: mp.gammainc(a, 0, mp.exp(l), regularized=True),
                  lambda l: mp.exp(a * l - mp.exp(l) - mp.loggamma(a)), start, u)


def von_mises_quantile(kappa, u):
    kappa, u = mpf(float(kappa)), mpf(float(u))
    density = lambda t: mp.exp(kappa * mp.cos(t)) / (2 * mp.pi * mp.besseli(0, kappa))
    width = 2 / mp.sqrt(kappa + 1)
    start = mpf(float(stats.vonmises(float(kappa)).ppf(float(u))))
    cdf = lambda t: mpf(1) / 2 + mp.quad(density, [0] + [t * k / 4 for k in (1, 2, 3, 4)])
    return newton(cdf, density, start, u)


def elementwise(f):
    return lambda *x: np.vectorize(f, otypes=[object])(*x)


WORDS = {
    "normal": family(normal), "laplace": family(laplace), "logistic": family(logistic), "student_t": family(student_t),
    "uniform": family(uniform), "exponential": family(exponential), "gamma": family(gamma), "beta": family(beta),
    "von_mises": family(von_mises), "bernoulli": family(bernoulli), "categorical": Categorical,
    "multivariate_normal": MultivariateNormal.of_scale,
    "diagonal_normal": MultivariateNormal.of_deviations,
    "log_prob": lambda q, x: q.log_prob(x), "entropy": lambda q: q.entropy(), "kl": lambda q, p: q.divergence(p),
    "written_exp": lambda x: np.vectorize(lambda v: float(mp.exp(mpf(float(v)))))(x),
    "total": lambda x: mp.fsum(np.ravel(x)),
    "log_gamma": elementwise(lambda x: mp.loggamma(mpf(float(x)))),
    "digamma": elementwise(lambda x: mp.psi(0, mpf(float(x)))),
    "trigamma": elementwise(lambda x: mp.psi(1, mpf(float(x)))),
    "log_bessel_i0": elementwise(lambda x: mp.log(mp.besseli(0, mpf(float(x))))),
    "bessel_ratio": elementwise(lambda x: mp.besseli(1, mpf(float(x))) / mp.besseli(0, mpf(float(x)))),
    "log_gamma_quantile": elementwise(log_gamma_quantile), "von_mises_quantile": elementwise(von_mises_quantile),
}

# --- the points: x, y, m anywhere, p, q, r positive, u in (0, 1), z zeros and ones, l logits, A, B lower triangular

POINTS = dict(
    x=[0.3, -0.8, 1.7], y=[1.1, 0.6, -0.4], m=[0.2, -1.5, 0.9], p=[0.2, 0.9, 2.3], q=[0.7, 1.6, 0.4], r=[1.9, 0.35, 3.2],
    u=[0.25, 0.5, 0.75], z=[0.0, 1.0, 1.0], l=[0.4, -2.1, 1.3], k=[-0.6, 0.8, 0.1],
    A=[[1.1, 9.0, 9.0], [-0.6, 0.9, 9.0], [0.3, -0.5, 1.3]], B=[[0.7, 0.0, 0.0], [0.4, 1.5, 0.0], [-0.2, 0.8, 0.6]])
cases = []


def case(expression, **at):
    names = [n for n in POINTS if re.search(rf"\b{n}\b", expression)]
    cases.append((expression, {n: np.asarray(at.get(n, POINTS[n]), dtype=float) for n in names}))


for two in ["normal(m, p)", "normal(m, written_exp(y))", "laplace(m, p)", "laplace(m, written_exp(y))", "logistic(m, p)",
            "logistic(m, written_exp(y))", "student_t(q, m, p)", "student_t(written_exp(l), m, written_exp(y))",
            "von_mises(m, p)", "von_mises(m, written_exp(y))"]:
    case(f"log_prob({two}, x)")
    case(f"entropy({two})")
for two in ["exponential(p)", "exponential(written_exp(y))", "gamma(p, r)", "gamma(written_exp(y), written_exp(m))",
            "gamma(p, written_exp(m))"]:
    case(f"log_prob({two}, q)")
    case(f"entropy({two})")
for two in ["beta(p, r)", "beta(written_exp(y), written_exp(m))", "uniform(0, r)", "uniform(m, 4)"]:
    case(f"log_prob({two}, u)", **({"r": [1.9, 0.85, 3.2], "m": [-0.2, -1.5, -0.9]} if "uniform" in two else {}))
    case(f"entropy({two})")
case("log_prob(bernoulli(l), z)")
case("log_prob(bernoulli(l), u)")
case("entropy(bernoulli(l))")
case("log_prob(categorical(l), z)", z=[0.0, 0.0, 1.0])
case("log_prob(categorical(A), B)", B=[[0, 1, 0], [1, 0, 0], [0.25, 0.5, 0.25]])
case("entropy(categorical(l))")
case("entropy(categorical(A))")
case("log_prob(multivariate_normal(m, A), x)")
case("entropy(multivariate_normal(m, A))")
case("log_prob(diagonal_normal(m, p), x)")

for pair in ["normal(m, p), normal(x, q)", "normal(m, written_exp(y)), normal(x, written_exp(k))", "normal(m, p), normal(0, 1)",
             "laplace(m, p), laplace(x, q)", "laplace(m, written_exp(y)), laplace(x, written_exp(k))",
             "exponential(p), exponential(q)", "exponential(written_exp(y)), exponential(written_exp(k))",
             "gamma(p, r), gamma(q, u)", "gamma(written_exp(y), written_exp(m)), gamma(written_exp(k), written_exp(x))",
             "beta(p, r), beta(q, u)", "beta(written_exp(y), written_exp(m)), beta(written_exp(k), written_exp(x))",
             "von_mises(m, p), von_mises(x, q)", "von_mises(m, written_exp(y)), von_mises(x, written_exp(k))",
             "bernoulli(l), bernoulli(k)", "categorical(l), categorical(k)", "categorical(A), categorical(B)",
             "multivariate_normal(m, A), multivariate_normal(x, B)", "multivariate_normal(m, A), diagonal_normal(x, p)",
             "multivariate_normal(m, A), diagonal_normal(0, 1)", "multivariate_normal(m, A), diagonal_normal(0, q)",
             "diagonal_normal(x, p), multivariate_normal(m, A)", "diagonal_normal(x, 2), multivariate_normal(m, B)",
             "diagonal_normal(x, p), diagonal_normal(m, q)"]:
    case(f"kl({pair})")
case("kl(uniform(m, r), uniform(x, q))", m=[0.3, -0.1, 0.5], r=[0.9, 0.2, 0.8], x=[0.1, -0.3, 0.2], q=[1.2, 0.4, 2.5])

# Special functions and quantiles.
for f in ["log_gamma", "digamma", "trigamma", "log_bessel_i0", "bessel_ratio"]:
    for at in [[0.2, 0.9, 2.3], [1e-6, 4.5, 30.0], [8.9, 12.0, 1e4]]:
        case(f"total({f}(p))", p=at)
for at in [[0.2, 0.9, 2.3], [0.01, 0.05, 30.0], [200.0, 3.0, 1e-3]]:
    for of in [[0.25, 0.5, 0.75], [1e-6, 0.999, 0.9]]:
        case("total(log_gamma_quantile(p, u))", p=at, u=of)
for at in [[0.2, 0.9, 2.3], [1e-4, 10.0, 28.0], [45.0, 150.0, 3.0]]:
    for of in [[0.25, 0.4, 0.75], [1e-3, 0.99, 0.9]]:
        case("total(von_mises_quantile(p, u))", p=at, u=of)

# Hard points: tails, tiny and huge scales, shapes and concentrations.
for two in ["normal(m, p)", "laplace(m, p)", "logistic(m, p)", "student_t(q, m, p)"]:
    case(f"log_prob({two}, x)", x=[40.0, -700.0, 1e-9], p=[1e-3, 30.0, 1e-6], q=[1e-2, 150.0, 2.0])
case("log_prob(logistic(m, written_exp(y)), x)", y=[-12.0, 6.0, 0.0])
case("log_prob(gamma(p, r), q)", p=[1e-3, 1e3, 1.0], r=[1e-4, 1e3, 7.0], q=[1e-12, 1.05, 60.0])
case("log_prob(beta(p, r), u)", p=[1e-2, 500.0, 1.0], r=[2e-2, 3.0, 40.0], u=[1e-9, 0.999, 0.5])
case("log_prob(von_mises(m, p), x)", p=[1e-6, 600.0, 25.0], x=[3.0, -1.49, 60.0])
case("entropy(bernoulli(l))", l=[40.0, -40.0, 0.0])
case("kl(bernoulli(l), bernoulli(k))", l=[40.0, -35.0, 0.0], k=[38.0, -38.0, 1e-3])
case("log_prob(bernoulli(l), z)", l=[700.0, -40.0, 0.0])
case("entropy(categorical(l))", l=[0.0, 50.0, -50.0])
case("kl(gamma(p, r), gamma(q, u))", p=[0.05, 40.0, 3.0], q=[0.07, 35.0, 3.0], r=[1e-2, 20.0, 2.0], u=[2e-2, 21.0, 2.001])
case("kl(von_mises(m, p), von_mises(x, q))", p=[200.0, 1e-3, 30.0], q=[150.0, 2.0, 31.0], x=[0.21, 1.0, 0.9])
case("kl(laplace(m, p), laplace(x, q))", p=[1e-2, 5.0, 1.0], q=[1.0, 1e-1, 1.01], x=[0.3, -1.0, 0.95])

# --- the table


def rows(values):
    return "{" + ", ".join(repr(float(v)) for v in np.ravel(values)) + "}"


def main():
    made_with = f"mpmath {mpmath.__version__} and SciPy {scipy.__version__}"
    lines = [f"// Made by make_distributions.py beside this file, with {made_with}.",
             "// DISTRIBUTION(expression as text, expression, {input, extents, values}..., value)", "// clang-format off"]
    for expression, inputs in cases:
        value = float(eval(expression, {**WORDS, **inputs}))
        if not np.isfinite(value):
            raise SystemExit(f"{expression} is {value}")
        described = ", ".join(f"{{'{n}', {{{', '.join(str(e) for e in v.shape)}}}, {rows(v)}}}" for n, v in inputs.items())
        lines.append(f'DISTRIBUTION("{expression}", ({expression}),\n    INPUTS({described}),\n    {value!r})')
    Path(__file__).with_name("distributions.inc").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()

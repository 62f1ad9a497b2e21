"""Evaluates models by JAX, in double. Needs the packages that tools/oracle.py installs."""

import math
import os

# Models are small and run once: what counts is how fast they are compiled.
os.environ.setdefault("XLA_FLAGS", "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true")

import jax  # noqa: E402
jax.config.update("jax_enable_x64", True)
jax.config.update("jax_platforms", "cpu")

import jax.numpy as jnp  # noqa: E402
import numpy  # noqa: E402
from jax import lax  # noqa: E402
from jax.scipy import special, stats  # noqa: E402

import jax_text  # noqa: E402
from definitions import Definitions  # noqa: E402
from jax_functions import (bessel_ratio, divergence_of_normals, log_bessel_i0, log_gamma_quantile,  # noqa: E402
                           von_mises_quantile)


def draw_bernoulli(logits, u):
    """The less probable of the two where u < sigmoid(-|l|)."""
    held = lax.stop_gradient(logits)
    rare = u < jax.nn.sigmoid(-jnp.abs(held))
    return jnp.where(rare == (held > 0), 0.0, 1.0)


def draw_categorical(logits, u):
    disturbed = lax.stop_gradient(logits) - jnp.log(-jnp.log1p(-u))
    return jax.nn.one_hot(jnp.argmax(disturbed, axis=-1), logits.shape[-1])


NAMES = {name: globals()[name] for name in (
    "math", "jax", "jnp", "lax", "special", "stats", "Definitions", "bessel_ratio", "divergence_of_normals", "log_bessel_i0",
    "log_gamma_quantile", "von_mises_quantile", "draw_bernoulli", "draw_categorical")}


def numbers(count, name, low, high):
    """The same as oracle::numbers in harness.hpp, to the bit."""
    z = 14695981039346656037
    for c in name.encode():
        z = ((z ^ c) * 1099511628211) % 2 ** 64
    with numpy.errstate(over="ignore"):
        z = numpy.uint64(z) + numpy.arange(1, count + 1, dtype=numpy.uint64) * numpy.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> numpy.uint64(30))) * numpy.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> numpy.uint64(27))) * numpy.uint64(0x94D049BB133111EB)
        z = z ^ (z >> numpy.uint64(31))
    return low + (high - low) * ((z >> numpy.uint64(32)).astype(numpy.float64) / 4294967296.0)


def leaf_values(model, rows):
    return {leaf.name: jnp.asarray(numbers((rows if leaf.batched else 1) * math.prod(leaf.shape), leaf.name, leaf.low,
                                           leaf.high).reshape(([rows] if leaf.batched else []) + [*leaf.shape]))
            for leaf in model.leaves.values()}


def evaluate(model, compiled=True):
    """What the programs of a model give: (program's number, 'function e3' or the like) -> array. XLA computes a value again
    wherever that is cheaper, and not always to the same bits: a maximum is then equal to none of its elements, and its
    slope 0 / 0 or 0. Not compiled, each value is computed once; that takes some ten times as long."""
    code = jax_text.text(model)
    scope = dict(NAMES)
    exec(compile(code, f"model {model.seed}", "exec"), scope)

    def programs(leaves):
        """All at once, since XLA takes longer for many small programs than for one."""
        results = {}
        for i, program in enumerate(model.programs):
            m = Definitions(model.rows, program.training or program.kind == "gradient")
            scope[f"model_{model.seed}"](m)
            found = m.run(program.results, leaves)
            if program.kind == "gradient":
                how = "each" if program.per_example else "sum" if program.sum_rows else "mean"
                found[program.loss], slopes = m.gradient(program.loss, program.wrt, leaves, how)
                results.update({f"{i} slope {n}": v for n, v in slopes.items()})
            results.update({f"{i} {program.kind} {n}": v for n, v in found.items()})
        return results
    leaves = leaf_values(model, model.rows)
    if compiled:
        results = jax.jit(programs)(leaves)
    else:
        with jax.disable_jit():
            results = programs(leaves)
    return {name: numpy.asarray(value) for name, value in results.items()}

"""Functions that models need and JAX lacks, in double, differentiable as often as one likes. Independent of the
library's own: quantiles are solved on series and quadratures, and two differentiable Newton steps from the solution
give them derivatives of the first three orders."""

import math

import jax
import jax.numpy as jnp
import numpy
import scipy.special
from jax import lax
from jax.scipy import special


def log_bessel_i0(x):
    return jnp.log(special.i0e(x)) + jnp.abs(x)


def bessel_ratio(x):
    return special.i1e(x) / special.i0e(x)


def divergence_of_normals(mean_q, covariance_q, mean_p, covariance_p):
    """Of N(mean_q, covariance_q) from N(mean_p, covariance_p), by inverses and determinants."""
    inverse, distance = jnp.linalg.inv(covariance_p), mean_p - mean_q
    log_ratio = jnp.linalg.slogdet(covariance_p)[1] - jnp.linalg.slogdet(covariance_q)[1]
    return 0.5 * (jnp.trace(inverse @ covariance_q) + distance @ inverse @ distance - covariance_q.shape[0] + log_ratio)


def log_gamma_cdf(a, log_z):
    """log P(a, z) by the series e^(a log z - z) sum of z^k / Gamma(a + 1 + k), DLMF 8.7.1; for z up to about 40."""
    z, k = jnp.exp(log_z), jnp.arange(120.0)
    terms = jnp.exp(k * log_z[..., None] - special.gammaln(a[..., None] + 1 + k))
    return a * log_z - z + jnp.log(jnp.sum(terms, axis=-1))


def solved(solve, parameter, u):
    """A solution by NumPy, of which no derivative is taken."""
    shape = jax.ShapeDtypeStruct(u.shape, u.dtype)
    by_numpy = lambda *given: solve(*map(numpy.asarray, given))  # JAX called from here would wait for itself
    return jax.pure_callback(by_numpy, shape, lax.stop_gradient(parameter), lax.stop_gradient(u), vmap_method="broadcast_all")


def polished(residual, slope, start):
    """Two Newton steps, which give the constant `start` the derivatives of the solution up to the third."""
    for _ in range(2):
        start = start - residual(start) / slope(start)
    return start


def log_gamma_quantile(a, u):
    """In l = log z: log P(a, e^l) = log u, whose slope in l is e^(a l - z) / Gamma(a) / P."""
    a, u = jnp.broadcast_arrays(jnp.asarray(a), jnp.asarray(u))
    start = solved(lambda a, u: numpy.log(scipy.special.gammaincinv(a, u)), a, u)
    return polished(lambda l: log_gamma_cdf(a, l) - jnp.log(u),
                    lambda l: jnp.exp(a * l - jnp.exp(l) - special.gammaln(a) - log_gamma_cdf(a, l)), start)


NODES, WEIGHTS = numpy.polynomial.legendre.leggauss(48)


def angle_at(kappa, u):
    """Bisection, then polished."""
    low, high = numpy.full(u.shape, -math.pi), numpy.full(u.shape, math.pi)
    for _ in range(46):
        middle = (low + high) / 2
        density = numpy.exp(kappa[..., None] * (numpy.cos(middle[..., None] * (1 + NODES) / 2) - 1))
        below = middle / 2 * (density @ WEIGHTS) / (2 * math.pi * scipy.special.i0e(kappa)) + 0.5 < u
        low, high = numpy.where(below, middle, low), numpy.where(below, high, middle)
    return low


def von_mises_quantile(kappa, u):
    """The angle t with F(t) = u, F(t) - 1/2 = the integral from 0 to t of e^(kappa cos s) / (2 pi I_0(kappa)) by
    Gauss and Legendre's rule."""
    kappa, u = jnp.broadcast_arrays(jnp.asarray(kappa), jnp.asarray(u))

    def density(t):
        return jnp.exp(kappa * (jnp.cos(t) - 1)) / (2 * math.pi * special.i0e(kappa))

    def cdf(t):
        inner = jnp.exp(kappa[..., None] * (jnp.cos(t[..., None] * (1 + NODES) / 2) - 1))
        return t / 2 * (inner @ WEIGHTS) / (2 * math.pi * special.i0e(kappa)) + 0.5
    return polished(lambda t: cdf(t) - u, density, solved(angle_at, kappa, u))

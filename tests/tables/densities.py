"""Distributions for make_distributions.py, in 30 digits: log densities are SciPy's, taken from mpmath's functions, and
compared with scipy.stats here; entropies and divergences are integrals of these densities, by mpmath's quadrature: no
closed form stands in this file.
"""

import numpy as np
import scipy.stats as stats
from mpmath import mp, mpf

mp.dps = 30


class Distribution:
    """Of numbers: density, where it is integrated, what SciPy calls it."""

    def __init__(self, *parameters):
        self.parameters = [mpf(float(p)) for p in parameters]

    def entropy(self):
        return -self.mean(self.log_density)

    def divergence(self, other):
        return self.mean(lambda x: self.log_density(x) - other.log_density(x))

    def mean(self, f):
        return mp.quad(lambda x: mp.exp(self.log_density(x)) * f(x), self.pieces())


def around(middle, scale, reach=600):
    steps = [1, 3, 10, 30, 100, reach]
    return [middle - s * scale for s in reversed(steps)] + [middle] + [middle + s * scale for s in steps]


class normal(Distribution):
    def log_density(self, x):
        mu, s = self.parameters
        return -((x - mu) / s) ** 2 / 2 - mp.log(s) - mp.log(2 * mp.pi) / 2

    def pieces(self):
        return around(*self.parameters, 40)

    def scipy(self):
        return stats.norm(*map(float, self.parameters))


class laplace(Distribution):
    def log_density(self, x):
        mu, b = self.parameters
        return -abs(x - mu) / b - mp.log(2 * b)

    def pieces(self):
        return around(*self.parameters)

    def scipy(self):
        return stats.laplace(*map(float, self.parameters))

    def divergence(self, other):  # pieces from kink to kink
        points = sorted(set(self.pieces() + [other.parameters[0]]))
        return mp.quad(lambda x: mp.exp(self.log_density(x)) * (self.log_density(x) - other.log_density(x)), points)


class logistic(Distribution):
    def log_density(self, x):
        mu, s = self.parameters
        t = abs(x - mu) / s
        return -t - mp.log(s) - 2 * mp.log1p(mp.exp(-t))

    def pieces(self):
        return around(*self.parameters)

    def scipy(self):
        return stats.logistic(*map(float, self.parameters))


class student_t(Distribution):
    def log_density(self, x):
        nu, mu, s = self.parameters
        return (mp.loggamma((nu + 1) / 2) - mp.loggamma(nu / 2) - mp.log(mp.pi * nu) / 2 - mp.log(s)
                - (nu + 1) / 2 * mp.log1p(((x - mu) / s) ** 2 / nu))

    def mean(self, f):  # tails by powers: x = mu + s sinh y
        nu, mu, s = self.parameters
        g = lambda y: mp.exp(self.log_density(mu + s * mp.sinh(y))) * f(mu + s * mp.sinh(y)) * s * mp.cosh(y)
        far = 90 / min(nu, 1)
        steps = [3, 10, 40, far] if far > 60 else [3, 10, far]
        return mp.quad(g, [-t for t in reversed(steps)] + [0] + steps)

    def scipy(self):
        return stats.t(*map(float, self.parameters))


class uniform(Distribution):
    def log_density(self, x):
        low, high = self.parameters
        return -mp.log(high - low) if low <= x <= high else -mp.inf

    def pieces(self):
        return self.parameters

    def scipy(self):
        low, high = map(float, self.parameters)
        return stats.uniform(low, high - low)


class exponential(Distribution):
    def log_density(self, x):
        rate, = self.parameters
        return mp.log(rate) - rate * x if x >= 0 else -mp.inf

    def pieces(self):
        return [x / self.parameters[0] for x in (0, 1, 10, 100, 600)]

    def scipy(self):
        return stats.expon(scale=1 / float(self.parameters[0]))


class gamma(Distribution):
    def log_density(self, x):
        a, rate = self.parameters
        return a * mp.log(rate) + (a - 1) * mp.log(x) - rate * x - mp.loggamma(a)

    def mean(self, f):  # in log x
        a, rate = self.parameters
        g = lambda y: mp.exp(self.log_density(mp.exp(y)) + y) * f(mp.exp(y))
        middle = mp.log(a / rate)
        return mp.quad(g, [middle - 90 / a, middle - 30 / a, middle - 10 / a, middle - 3, middle, middle + 2, middle + 8])

    def scipy(self):
        a, rate = map(float, self.parameters)
        return stats.gamma(a, scale=1 / rate)


class beta(Distribution):
    def log_density(self, x, rest=None):
        a, b = self.parameters
        return (a - 1) * mp.log(x) + (b - 1) * (mp.log1p(-x) if rest is None else mp.log(rest)) - mp.log(mp.beta(a, b))

    def mean_of_logs(self, f):  # in y = log x - log(1 - x)
        a, b = self.parameters
        def g(y):
            x, rest = 1 / (1 + mp.exp(-y)), 1 / (1 + mp.exp(y))
            return mp.exp(self.log_density(x, rest)) * x * rest * f(x, rest)
        middle = mp.log(a / b)
        return mp.quad(g, [middle - 90 / a, middle - 20 / a, middle - 3, middle, middle + 3, middle + 20 / b, middle + 90 / b])

    def entropy(self):
        return -self.mean_of_logs(self.log_density)

    def divergence(self, other):
        return self.mean_of_logs(lambda x, rest: self.log_density(x, rest) - other.log_density(x, rest))

    def scipy(self):
        return stats.beta(*map(float, self.parameters))


class von_mises(Distribution):
    def log_density(self, x):
        mu, kappa = self.parameters
        return kappa * mp.cos(x - mu) - mp.log(2 * mp.pi * mp.besseli(0, kappa))

    def pieces(self):
        mu, kappa = self.parameters
        width = min(mpf(1), 1 / mp.sqrt(kappa + mpf(1) / 100))
        return [mu + d for d in (-mp.pi, -8 * width, -2 * width, 0, 2 * width, 8 * width, mp.pi) if abs(d) <= mp.pi]

    def scipy(self):
        mu, kappa = map(float, self.parameters)
        return stats.vonmises(kappa, mu)


class Choice:
    """Of a number of outcomes, by their probabilities."""

    def entropy(self):
        return -mp.fsum(p * mp.log(p) for p in self.probabilities)

    def divergence(self, other):
        return mp.fsum(p * mp.log(p / q) for p, q in zip(self.probabilities, other.probabilities))


class bernoulli(Choice):
    def __init__(self, logit):
        odds = mp.exp(mpf(float(logit)))
        self.probabilities = [odds / (1 + odds), 1 / (1 + odds)]

    def log_density(self, x):
        return x * mp.log(self.probabilities[0]) + (1 - x) * mp.log(self.probabilities[1])

    def scipy(self):
        return None


class categorical_row(Choice):
    def __init__(self, logits):
        odds = [mp.exp(mpf(float(l))) for l in logits]
        self.probabilities = [o / mp.fsum(odds) for o in odds]


class Product:
    """Independent distributions of the elements of arrays."""

    def __init__(self, family, *parameters):
        self.shape = np.broadcast_shapes(*[np.shape(p) for p in parameters])
        self.family = family
        self.parameters = parameters

    def elements(self, shape=None):
        shape = shape or self.shape
        arrays = [np.broadcast_to(np.asarray(p, dtype=float), shape).ravel() for p in self.parameters]
        return [self.family(*p) for p in zip(*arrays)]

    def log_prob(self, x):
        x = np.asarray(x, dtype=float)
        shape = np.broadcast_shapes(self.shape, x.shape)
        total = mpf(0)
        for e, v in zip(self.elements(shape), np.broadcast_to(x, shape).ravel()):
            value = e.log_density(mpf(float(v)))
            other = float(value) if e.scipy() is None else e.scipy().logpdf(float(v))
            # SciPy takes the log of a density that underflows for some.
            if np.isfinite(other) and abs(other - float(value)) > 1e-8 * max(1, abs(other)):
                raise SystemExit(f"{e.__class__.__name__}: SciPy has {other}, mpmath {value}")
            total += value
        return total

    def entropy(self):
        return mp.fsum(e.entropy() for e in self.elements())

    def divergence(self, other):
        shape = np.broadcast_shapes(self.shape, other.shape)
        return mp.fsum(q.divergence(p) for q, p in zip(self.elements(shape), other.elements(shape)))


class Categorical:
    def __init__(self, logits):
        self.rows = [categorical_row(r) for r in np.atleast_2d(logits)]

    def log_prob(self, x):
        return mp.fsum(mpf(float(v)) * mp.log(p) for r, row in zip(self.rows, np.atleast_2d(x))
                       for v, p in zip(row, r.probabilities))

    def entropy(self):
        return mp.fsum(r.entropy() for r in self.rows)

    def divergence(self, other):
        return mp.fsum(q.divergence(p) for q, p in zip(self.rows, other.rows))


class MultivariateNormal:
    """By covariance matrices: none of the triangular algebra that is tested."""

    def __init__(self, mu, covariance):
        self.mu = mp.matrix([mpf(float(v)) for v in np.ravel(mu)])
        self.covariance = covariance

    @staticmethod
    def of_scale(mu, scale):
        l = mp.matrix(np.tril(np.asarray(scale, dtype=float)).tolist())
        return MultivariateNormal(mu, l * l.T)

    @staticmethod
    def of_deviations(mu, sigma):
        shape = np.broadcast_shapes(np.shape(mu), np.shape(sigma), (1,))
        s = [mpf(float(v)) for v in np.broadcast_to(np.asarray(sigma, dtype=float), shape)]
        return MultivariateNormal(np.broadcast_to(mu, shape), mp.diag([v * v for v in s]))

    def of_size(self, n):
        if len(self.mu) == n:
            return self
        return MultivariateNormal(np.full(n, float(self.mu[0])), mp.eye(n) * self.covariance[0])

    def log_prob(self, x):
        d = mp.matrix([mpf(float(v)) for v in np.ravel(x)]) - self.mu
        n = len(d)
        value = -(d.T * mp.inverse(self.covariance) * d)[0] / 2 - mp.log(mp.det(self.covariance)) / 2 - n * mp.log(2 * mp.pi) / 2
        numbers = np.array(self.covariance.tolist(), dtype=float)
        other = stats.multivariate_normal(np.array(self.mu.tolist(), dtype=float).ravel(), numbers).logpdf(np.ravel(x))
        if abs(other - float(value)) > 1e-8 * max(1, abs(other)):
            raise SystemExit(f"multivariate normal: SciPy has {other}, mpmath {value}")
        return value

    def entropy(self):
        return mp.log(mp.det(2 * mp.pi * mp.e * self.covariance)) / 2

    def divergence(self, other):  # Duchi, "Derivations for linear algebra and optimization"
        n = max(len(self.mu), len(other.mu))
        self, other = self.of_size(n), other.of_size(n)
        inverse, d = mp.inverse(other.covariance), other.mu - self.mu
        product = inverse * self.covariance
        trace = mp.fsum(product[i, i] for i in range(len(d)))
        return (trace + (d.T * inverse * d)[0] - len(d)
                + mp.log(mp.det(other.covariance) / mp.det(self.covariance))) / 2

"""The distributions: which parameters each takes, their log densities, entropies and divergences in both languages, and
their draws as functions of noise that the caller feeds. The JAX side is written from textbooks, or is jax.scipy.stats's."""

from dataclasses import dataclass
from nodes import broadcast, node


@dataclass(frozen=True)
class Family:
    parameters: tuple     # what each needs
    point: str            # what x needs in log_prob
    log_prob: str         # JAX, of the parameters {0}, ... and x in the last place
    entropy: str = ""
    kl: str = ""          # of q's parameters, then p's
    draw: str = ""        # of the parameters, then noise
    noise: tuple = ()     # kinds of its noise leaves


FAMILIES = {
    "normal": Family(("tame", "positive"), "tame", "stats.norm.logpdf({2}, {0}, {1})",
                     "jnp.log({1}) + 0.5 * math.log(2 * math.pi * math.e)",
                     "jnp.log({3} / {1}) + ({1} ** 2 + ({0} - {2}) ** 2) / (2 * {3} ** 2) - 0.5", "{0} + {1} * {2}",
                     ("normal",)),
    "laplace": Family(("tame", "positive"), "tame", "stats.laplace.logpdf({2}, {0}, {1})", "jnp.log(2 * {1}) + 1",
                      "jnp.log({3} / {1}) + ({1} * jnp.exp(-jnp.abs({0} - {2}) / {1}) + jnp.abs({0} - {2})) / {3} - 1",
                      "{0} - {1} * jnp.sign({2} - 0.5) * jnp.log1p(-2 * jnp.abs({2} - 0.5))", ("uniform",)),
    "logistic": Family(("tame", "positive"), "tame", "stats.logistic.logpdf({2}, {0}, {1})", "jnp.log({1}) + 2", "",
                       "{0} + {1} * (jnp.log({2}) - jnp.log1p(-{2}))", ("uniform",)),
    "uniform": Family(("below", "above"), "inside", "-jnp.log({1} - {0})", "jnp.log({1} - {0})", "",
                      "{0} + ({1} - {0}) * {2}", ("uniform",)),
    "exponential": Family(("positive",), "positive", "stats.expon.logpdf({1}, scale=1 / {0})", "1 - jnp.log({0})",
                          "{1} / {0} - 1 - jnp.log({1} / {0})", "-jnp.log1p(-{1}) / {0}", ("uniform",)),
    "gamma": Family(("shape", "positive"), "positive", "stats.gamma.logpdf({2}, {0}, scale=1 / {1})",
                    "{0} - jnp.log({1}) + special.gammaln({0}) + (1 - {0}) * special.digamma({0})",
                    "({0} - {2}) * special.digamma({0}) - special.gammaln({0}) + special.gammaln({2})"
                    " + {2} * jnp.log({1} / {3}) + {0} * ({3} - {1}) / {1}",
                    "jnp.exp(log_gamma_quantile({0}, {2})) / {1}", ("uniform",)),
    "beta": Family(("shape", "shape"), "part", "stats.beta.logpdf({2}, {0}, {1})",
                   "special.betaln({0}, {1}) - ({0} - 1) * special.digamma({0}) - ({1} - 1) * special.digamma({1})"
                   " + ({0} + {1} - 2) * special.digamma({0} + {1})",
                   "special.betaln({2}, {3}) - special.betaln({0}, {1}) + ({0} - {2}) * special.digamma({0})"
                   " + ({1} - {3}) * special.digamma({1}) + ({2} - {0} + {3} - {1}) * special.digamma({0} + {1})",
                   "jax.nn.sigmoid(log_gamma_quantile({0}, {2}) - log_gamma_quantile({1}, {3}))", ("uniform", "uniform")),
    "student_t": Family(("shape", "tame", "positive"), "tame", "stats.t.logpdf({3}, {0}, {1}, {2})",
                        "({0} + 1) / 2 * (special.digamma(({0} + 1) / 2) - special.digamma({0} / 2))"
                        " + jnp.log({0}) / 2 + special.betaln({0} / 2, 0.5) + jnp.log({2})", "",
                        "{1} + {2} * {3} * jnp.sqrt({0} / 2 / jnp.exp(log_gamma_quantile({0} / 2, {4})))",
                        ("normal", "uniform")),
    "von_mises": Family(("tame", "shape"), "tame", "{1} * jnp.cos({2} - {0}) - math.log(2 * math.pi) - log_bessel_i0({1})",
                        "math.log(2 * math.pi) + log_bessel_i0({1}) - {1} * bessel_ratio({1})",
                        "log_bessel_i0({3}) - log_bessel_i0({1})"
                        " + bessel_ratio({1}) * ({1} - {3} * jnp.cos({0} - {2}))",
                        "{0} + von_mises_quantile({1}, {2})", ("uniform",)),
    "bernoulli": Family(("tame",), "part",
                        "{1} * jax.nn.log_sigmoid({0}) + (1 - {1}) * jax.nn.log_sigmoid(-{0})",
                        "-(jax.nn.sigmoid({0}) * jax.nn.log_sigmoid({0}) + jax.nn.sigmoid(-{0}) * jax.nn.log_sigmoid(-{0}))",
                        "jax.nn.sigmoid({0}) * (jax.nn.log_sigmoid({0}) - jax.nn.log_sigmoid({1}))"
                        " + jax.nn.sigmoid(-{0}) * (jax.nn.log_sigmoid(-{0}) - jax.nn.log_sigmoid(-{1}))"),
    "categorical": Family(("logits",), "part", "{1} * jax.nn.log_softmax({0})",
                          "-jax.nn.softmax({0}) * jax.nn.log_softmax({0})",
                          "jax.nn.softmax({0}) * (jax.nn.log_softmax({0}) - jax.nn.log_softmax({1}))"),
}


def together(operands):
    shape = ()
    for o in operands:
        shape = broadcast(shape, o.shape)
        if shape is None:
            return None
    return shape


def spelled(family, parameters, first=0, as_exp=None):
    holes = [f"exp({{{first + i}}})" if as_exp == i else f"{{{first + i}}}" for i in range(len(parameters))]
    return f"{family}({', '.join(holes)})", holes


def with_holes(template, holes):
    """The JAX formula where a parameter is written as exp(s)."""
    for i, hole in enumerate(holes):
        template = template.replace(f"{{{i}}}", f"<{i}>")
    for i, hole in enumerate(holes):
        template = template.replace(f"<{i}>", hole.replace("exp(", "jnp.exp("))
    return template


def summed(text, shape):
    """A sum over the features: what does not depend on all of them is repeated."""
    return f"jnp.sum(jnp.broadcast_to({text}, ({''.join(f'{n}, ' for n in shape)})))"


def log_prob(family, parameters, x, as_exp=None):
    f = FAMILIES[family]
    q, holes = spelled(family, parameters, 0, as_exp)
    operands = [*parameters, x]
    text = with_holes(f.log_prob, [*holes, f"{{{len(parameters)}}}"])
    shape = together(operands)
    flat = (len(parameters),) if family == "uniform" else ()
    result = node(f"log_prob_{family}", f"log_prob({q}, {{{len(parameters)}}})", summed(text, shape), operands, (),
                  -500, 500, curved=True, generic=True, flat=flat)
    if family in ("bernoulli", "categorical"):
        result.curved = frozenset(p for p in result.curved if p & parameters[0].flow)
    return result


def entropy(family, parameters, as_exp=None):
    q, holes = spelled(family, parameters, 0, as_exp)
    shape = together(parameters)
    flat = {"normal": (0,), "laplace": (0,), "logistic": (0,), "student_t": (1,), "von_mises": (0,)}.get(family, ())
    return node(f"entropy_{family}", f"entropy({q})", summed(with_holes(FAMILIES[family].entropy, holes), shape),
                parameters, (), -500, 500, curved=as_exp is None, generic=True, flat=flat)


def divergence(family, of_q, of_p):
    q, p = spelled(family, of_q)[0], spelled(family, of_p, len(of_q))[0]
    shape = together([*of_q, *of_p])
    return node(f"kl_{family}", f"kl({q}, {p})", summed(FAMILIES[family].kl, shape), [*of_q, *of_p], (), -500, 500,
                curved=True, generic=True)


def kl_to_standard_normal(mu, sigma):
    text = "0.5 * ({0} ** 2 + {1} ** 2 - 1) - jnp.log({1})"
    return node("kl_standard_normal", "kl(normal({0}, {1}), hg::standard_normal)",
                summed(text, together([mu, sigma])), [mu, sigma], (), 0, 500, curved=True, generic=True)


def of_vectors(what, mu, matrix, x=None, other=None):
    """Of the multivariate normal distribution; the matrix has a positive diagonal."""
    covariance = "(jnp.tril({1}) @ jnp.tril({1}).T)"
    if what == "log_prob":
        return node("log_prob_multivariate_normal", "log_prob(multivariate_normal({0}, {1}), {2})",
                    f"stats.multivariate_normal.logpdf({{2}}, {{0}}, {covariance})", [mu, matrix, x], (), -500, 500,
                    curved=True, generic=True)
    if what == "entropy":
        return node("entropy_multivariate_normal", "entropy(multivariate_normal({0}, {1}))",
                    f"0.5 * jnp.linalg.slogdet(2 * math.pi * math.e * {covariance})[1]", [mu, matrix], (), -500, 500,
                    curved=True, generic=True, flat=(0,))
    mean, spread = other
    if len(spread.shape) == 1:
        return node("kl_multivariate_normal_normal", "kl(multivariate_normal({0}, {1}), normal({2}, {3}))",
                    f"divergence_of_normals({{0}}, {covariance}, {{2}}, jnp.diag({{3}} ** 2))", [mu, matrix, mean, spread],
                    (), -500, 500, curved=True, generic=True)
    return node("kl_multivariate_normal", "kl(multivariate_normal({0}, {1}), multivariate_normal({2}, {3}))",
                f"divergence_of_normals({{0}}, {covariance}, {{2}}, jnp.tril({{3}}) @ jnp.tril({{3}}).T)",
                [mu, matrix, mean, spread], (), -500, 500, curved=True, generic=True)


def kl_of_normal_to_vectors(mu, sigma, mean, spread):
    return node("kl_normal_multivariate_normal", "kl(normal({0}, {1}), multivariate_normal({2}, {3}))",
                "divergence_of_normals({0}, jnp.diag({1} ** 2), {2}, jnp.tril({3}) @ jnp.tril({3}).T)",
                [mu, sigma, mean, spread], (), -500, 500, curved=True, generic=True)


def divergence_of_uniform(low, high):
    """To one that reaches farther on both sides."""
    return node("kl_uniform", "kl(uniform({0}, {1}), uniform({0} - 0.5, {1} + 0.25))",
                summed("jnp.log(({1} - {0} + 0.75) / ({1} - {0}))", together([low, high])), [low, high], (), 0, 500,
                curved=True, generic=True)


def draw(family, parameters, noise, as_exp=None, shared=False):
    """A draw of the family as a function of noise, whose leaves' names are `noise`."""
    f = FAMILIES[family]
    q, holes = spelled(family, parameters, 0, as_exp)
    shape = together(parameters)
    texts = [leaf.replace(".", "_") for leaf in noise]
    jax = with_holes(f.draw, [*holes, *texts])
    jax = f"jnp.broadcast_to({jax}, ({''.join(f'{n}, ' for n in shape)}))"
    cpp = f"hg::shared(sample({q}))" if shared else f"sample({q})"
    return node(f"sample_{family}", cpp, jax, parameters, shape, -30, 30, generic=True, curved=False, names=tuple(noise))


def draw_of_vectors(mu, matrix, noise):
    return node("sample_multivariate_normal", "sample(multivariate_normal({0}, {1}))",
                f"{{0}} + jnp.tril({{1}}) @ {noise.replace('.', '_')}", [mu, matrix], mu.shape, -60, 60, generic=True,
                names=(noise,))

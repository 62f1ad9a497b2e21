"""What stands in equations beside operations: layers, blocks, scans, noise, what couples rows, derivatives, sparse ones.
Each function adds to a model and answers the node of an equation's right side, or None where it does not fit today."""

import math
import elementwise as ew
import families
import structural as st
from nodes import Block, Node, Scan, Use, broadcast, names_in, node


def dense(model, w):
    """A layer inside of a function; its parameters are named after the equation that is being written."""
    x = w.fit(w.vector(), "tame")
    units = model.dice.pick(model.extents)
    name = model.local_name()
    bias = not model.dice.one_in(3)
    texts = [model.add_parameter(f"{name}.weight", (units, x.shape[0]))]
    if bias:
        texts.append(model.add_parameter(f"{name}.bias", (units,)))
    idents = [t.replace(".", "_") for t in texts]
    bound = x.shape[0] * max(abs(x.low), abs(x.high)) + 1
    made = node("dense" if bias else "linear", f"hg::{'dense' if bias else 'linear'}<{units}>({{0}})",
                f"({idents[0]} @ {{0}}" + (f" + {idents[1]})" if bias else ")"), [x], (units,), -bound, bound,
                generic=x.generic, names=tuple(texts))
    made.flow |= set(model.flow_name(t) for t in texts)
    made.curved |= frozenset(frozenset((model.flow_name(texts[0]), n)) for n in x.flow)
    return ew.unary(model.dice.pick(["tanh", "sigmoid", "softplus", "silu"]), w.bounded(made, 4))


def over_rows(model, w):
    x = w.bounded(w.batched_operand(), 20)
    if not x.batched:
        return None
    how = model.dice.pick(["sum", "mean"])
    bound = max(abs(x.low), abs(x.high)) * (300 if how == "sum" else 1)
    made = over_rows_of(x, how, low=-bound, high=bound, generic=x.generic)
    made.coupled = True
    return made if how == "mean" else ew.scaled(made, 1 / 64)


def over_rows_of(y, how="sum", **more):
    made = node(f"batch_{how}", f"batch_{how}({{0}})", "", [y], y.shape, hoisted=("over_rows", how), **more)
    made.batched = False
    return made


# --- derivatives

def name_node(model, name):
    return model.known[name]


def derivative(model, w, kind=None, y=None, x=None):
    """Of an equation above with respect to something that it depends on."""
    dice = model.dice
    kind = kind or dice.pick(["grad", "jacobian", "hessian", "jvp", "vjp", "hessian_vector_product"])
    scalar = kind in ("grad", "hessian", "hessian_vector_product")
    twice = kind in ("hessian", "hessian_vector_product")
    candidates = [s for s in model.symbols if (not scalar or s.shape == ()) and s.flow - {s.names[0]}]
    if y is None:
        if not candidates:
            return None
        y = dice.pick(candidates)
    hidden = model.inside_derivatives(y)
    targets = sorted(n for n in y.flow if n in model.known and (n,) != y.names and n not in hidden and (
        not twice or frozenset((n,)) in y.curved))
    if x is None:
        if not targets:
            return None
        x = name_node(model, dice.pick(targets))
    if y.batched and (y.coupled or (dice.one_in(3) and kind not in ("jacobian", "hessian"))):
        if kind == "hessian":
            return None
        y = over_rows_of(y)
    if y.coupled and kind in ("hessian", "jacobian"):
        return None
    shapes = {"grad": x.shape, "vjp": x.shape, "hessian_vector_product": x.shape, "jvp": y.shape,
              "jacobian": y.shape + x.shape, "hessian": x.shape + x.shape}
    shape = shapes[kind]
    if math.prod(shape) > 200 or len(shape) > 4:
        return None
    operands, direction = [y, x], None
    if kind in ("jvp", "vjp", "hessian_vector_product"):
        like = y if kind == "vjp" else x
        direction = w.bounded(w.exactly(like.shape), 2)
        if direction.batched and not like.batched:
            direction = w.unbatched(like.shape)
        operands.append(direction)
    holes = ", ".join(f"{{{i}}}" for i in range(len(operands)))
    mixes = y.operation == "batch_sum" and (not x.batched or kind == "jvp")  # else a row's derivative is its own
    through = frozenset(n for p in y.curved if x.names[0] in p for n in (p - {x.names[0]} or p))
    return Node(kind, f"{kind}({holes})", "", operands, shape, batched=y.batched or x.batched and kind != "jvp",
                coupled=y.coupled or any(o.coupled for o in operands) or mixes,
                flow=through | (direction.flow if direction else frozenset()), hoisted=("derivative", kind))


def sparse(model, w):
    """A Jacobian or Hessian of what couples neighbours: its pattern is known."""
    vectors = [p for p in w.pool if len(p.shape) == 1 and 3 <= p.shape[0] <= 9 and p.operation == "name"]
    if not vectors:
        return None
    x = model.dice.pick(vectors)
    n, name = x.shape[0], x.names[0]
    tame = w.bounded(x, 1.5)
    first, second = st.slice_of(tame, 0, n - 1, 0), st.slice_of(tame, 1, n, 0)
    inner = ew.binary("add", first, ew.scaled(second, 0.7))
    each = ew.unary(model.dice.pick(["sin", "exp", "tanh", "silu", "softplus"]), w.bounded(inner, 2))
    hessian = model.dice.one_in(2)
    y = model.add_equation(st.reduction("sum", each) if hessian else each)
    if hessian:
        pattern = [(i, j) for i in range(n) for j in (i - 1, i, i + 1) if 0 <= j < n]
    else:
        pattern = [(i, j) for i in range(n - 1) for j in (i, i + 1)]
    kind = "sparse_hessian" if hessian else "sparse_jacobian"
    return Node(kind, f"{kind}({{0}}, {{1}})", "", [y, x], (len(pattern),), batched=y.batched, coupled=y.coupled,
                flow=frozenset((name,)) | x.flow, hoisted=("sparse", "hessian" if hessian else "jacobian", pattern,
                                                           len(x.shape) if hessian else len(y.shape)))


# --- blocks and scans

def through(names, actuals, prefix):
    """What a body's flow is outside: that of what is passed for each formal, and the body's own parameters."""
    found = set()
    for n in names:
        found |= actuals[n[1:]] if n[1:] in actuals else {prefix + n[1:]} if n.startswith("@") else {n}
    return frozenset(found)


def mapped(made, actuals, prefix):
    made.flow, made.curved = (through(made.flow, actuals, prefix),
                              frozenset(p for c in made.curved for p in outer_pairs(c, actuals, prefix)))
    return made


def outer_pairs(pair, actuals, prefix):
    first, *second = sorted(pair)
    a, b = through({first}, actuals, prefix), through({second[0] if second else first}, actuals, prefix)
    return {frozenset((s, t)) for s in a for t in b}


def formal_node(name, like, shape=None):
    """What stands for an actual inside of a body; its flow is a mark that `through` replaces."""
    return Node("name", name, name, [], like.shape if shape is None else shape, like.low, like.high, like.generic,
                frozenset(("@" + name,)), frozenset(), like.batched, like.coupled, (name,))


def block(model, w):
    """A block of two or three equations, used once or twice."""
    index = len(model.blocks)
    made = Block(f"block{index}")
    first = [w.bounded(w.leaf(), 3) for _ in range(model.dice.between(1, 2))]
    formals = [f"f{index}_{i}" for i in range(len(first))]
    nodes = [formal_node(f, a) for f, a in zip(formals, first)]
    inner = model.body_writer(nodes)
    results = body_equations(model, inner, made, f"k{index}_", model.dice.between(2, 3), nodes)
    model.blocks.append(made)
    model.formals += formals
    result = None
    for number in range(model.dice.between(1, 2)):
        prefix = f"b{index}{'ab'[number]}"
        actuals = first if number == 0 else [second_actual(w, a) for a in first]
        for name, shape in made.parameters:
            model.add_parameter(f"{prefix}.{name}", shape)
        use = Use(prefix, made, dict(zip(formals, actuals)))
        taken = results[-1]
        assigned = ", ".join(f"{f} = {{{i}}}" for i, f in enumerate(formals))
        result = Node("use", f'hg::use<"{prefix}">({made.object}, {assigned})[{taken.names[0]}]', "", list(actuals),
                      taken.shape, taken.low, taken.high, False, taken.flow, taken.curved,
                      any(a.batched for a in actuals) or taken.batched, any(a.coupled for a in actuals) or taken.coupled,
                      hoisted=("use", use, taken.names[0]))
        mapped(result, {f: a.flow for f, a in zip(formals, actuals)}, prefix + ".")
        if number == 0 and not model.dice.one_in(3):
            return result
        if number == 0:
            model.add_equation(result)
    return result


def second_actual(w, like):
    """Of the same shape and within the same range, with rows where the first has them."""
    x = w.exactly(like.shape)
    if x.within(like.low, like.high) and x.batched == like.batched:
        return x
    half, middle = (like.high - like.low) / 2, (like.high + like.low) / 2
    if not math.isfinite(half) or half <= 0 or x.batched != like.batched:
        return like
    return ew.shifted(ew.scaled(ew.unary("sin", w.bounded(x, 4)), 0.9 * half), middle)


def body_equations(model, inner, made, prefix, count, formals):
    """A few equations of a body, each of which reads the one before; the last one reads what none has read."""
    results = []
    for i in range(count):
        name = f"{prefix}{i}"
        with model.inside(made, name):
            value = dense(model, inner) if model.dice.one_in(2) else inner.expression(2)
            if i > 0:  # so that nothing is left out
                value = join(inner, value, results[-1])
            if i == count - 1:
                read = names_in(value).union(*(names_in(v) for _, v in made.equations))
                for f in formals:
                    if f.names[0] not in read:
                        value = join(inner, value, f)
        made.equations.append((name, value))
        result = formal_node(name, value)
        result.flow, result.curved = value.flow, value.curved
        results.append(result)
        inner.pool.append(result)
    model.formals += [name for name, _ in made.equations]
    return results


def join(w, a, b):
    """Both in one, where they go together or not."""
    a, b = w.bounded(a, 4), w.bounded(b, 4)
    shape = broadcast(a.shape, b.shape)
    if shape is None or math.prod(shape) > 72 or len(shape) > 3:
        b = st.reduction("mean", b)
    return ew.binary(w.dice.pick(["add", "multiply"]), a, b)


def scan(model, w):
    dice, index = model.dice, len(model.blocks)
    made = Block(f"body{index}")
    sequences = [p for p in w.pool if p.shape and 2 <= p.shape[0] <= 6]
    along = {f"u{index}_0": w.bounded(dice.pick(sequences), 3)} if sequences and not dice.one_in(5) else {}
    steps = next(iter(along.values())).shape[0] if along else dice.between(2, 5)
    others = [p for p in sequences if p.shape[0] == steps]
    if along and others and dice.one_in(3):
        along[f"u{index}_1"] = w.bounded(dice.pick(others), 3)
    carry = {f"s{index}_{i}": w.bounded(w.exactly(dice.pick([(), (2,), (3,), (2, 2)])), 1)
             for i in range(dice.between(1, 2))}
    same = {f"c{index}_0": w.bounded(w.leaf(), 2)} if dice.one_in(2) else {}
    passed = {**along, **carry, **same}
    batched, coupled = any(a.batched for a in passed.values()), any(a.coupled for a in passed.values())
    formals = [formal_node(f, a, a.shape[1:]) for f, a in along.items()] + [formal_node(f, a) for f, a in same.items()]
    for f, a in carry.items():
        state = formal_node(f, a)
        state.low, state.high, state.batched, state.generic = -2, 2, batched, True
        formals.append(state)
    inner = model.body_writer(formals)
    results = body_equations(model, inner, made, f"r{index}_", dice.between(1, 3),
                             [f for f in formals if f.names[0] not in carry])
    states = [f for f in formals if f.names[0] in carry]
    for s in states:
        with model.inside(made, "next"):
            fresh = inner.bounded(inner.shaped_like(s, 2), 1)
            news = [r for r in results if broadcast(r.shape, s.shape) == s.shape]
            if news:
                fresh = join(inner, fresh, news[-1])
            else:
                fresh = join(inner, fresh, st.reduction("mean", results[-1]) if results[-1].shape else results[-1])
            fresh = inner.bounded(fresh, 0.9)
            made.nexts.append((s.names[0], ew.binary("add", ew.scaled(s, 0.5), fresh)))
    model.blocks.append(made)
    model.formals += list(passed)
    use = Scan(f"c{index}", made, along, carry, same, steps, dice.one_in(3), dice.pick([0, 0, 2, 3]))
    for name, shape in made.parameters:
        model.add_parameter(f"{use.prefix}.{name}", shape)
    model.scans.append(use)
    return scan_results(model, use, results, states, passed, batched, coupled)


def scan_results(model, use, results, states, passed, batched, coupled):
    """One result of the scan, and another as an equation of its own."""
    flows = {f: a.flow for f, a in passed.items()}
    for _ in range(len(states) + 1):  # what states become of
        for state, value in use.block.nexts:
            flows[state] = flows[state] | through(value.flow, flows, use.prefix + ".")
    dice, made = model.dice, []
    for _ in range(dice.between(1, 2)):
        which = dice.pick(["each", "next", "before", "last"])
        of = dice.pick(results if which == "each" else states)
        name = of.names[0]
        text = {"each": name, "next": f"next({name})", "before": name, "last": f"last({name})"}[which]
        value = next((v for n, v in use.block.nexts if n == name), of) if which in ("next", "last") else of
        shape = of.shape if which == "last" else (use.steps, *of.shape)
        if math.prod(shape) > 72:
            continue
        result = Node("scan", f"read_{use.prefix}[{text}]", "", [], shape, min(value.low, -2), max(value.high, 2), False,
                      value.flow, value.curved, of.batched if which == "each" else batched, coupled or value.coupled,
                      hoisted=("scan", use, which, name))
        mapped(result, flows, use.prefix + ".")
        made.append(result)
    for extra in made[1:]:
        model.add_equation(extra)
    return made[0] if made else None


# --- noise

def draw(model, w):
    """An equation that draws; its noise is fed by name, so that both systems have the same."""
    dice, equation = model.dice, model.local_name()
    kind = dice.weighted({"sample": 6, "vectors": 1, "like": 3, "mask": 2, "relaxed": 2, "hard": 2, "score": 1})
    shared = dice.one_in(4)

    def noise(sort, shape, name=None):
        return model.add_noise(name or f"{equation}.noise", sort, shape, shared)
    if kind == "vectors":
        shared = False
        n = dice.between(2, 4)
        mu = w.bounded(w.exactly((n,)), 2)
        return with_noise(families.draw_of_vectors(mu, w.triangle(n), noise("normal", (n,))), shared)
    if kind == "sample":
        family = dice.pick(sorted(f for f, row in families.FAMILIES.items() if row.draw))
        q = w.parameters_of(family)
        if q is None or families.together(q) is None:
            return None
        shape, sorts = families.together(q), families.FAMILIES[family].noise
        names = [noise(sort, shape, f"{equation}.{i}.noise" if len(sorts) > 1 else None) for i, sort in enumerate(sorts)]
        return with_noise(families.draw(family, q, names, shared=shared), shared)
    x = w.bounded(w.leaf(), 3)
    if kind in ("relaxed", "hard", "score"):
        shared = False
        return with_noise(choices(model, w, x, kind, noise), False)
    leaf = noise("normal" if kind == "like" and dice.one_in(2) else "uniform", x.shape)
    ident = leaf.replace(".", "_")
    if kind == "mask":
        name = dice.pick(["mask_and_rescale", "dropout"])
        jax = f"jnp.where({ident} < 0.7, {{0}} / 0.7, 0.0)"
        if name == "dropout":
            jax = f"in_training({jax}, {{0}})"
        text = f"{name}({{0}}, 0.3)"
        made = node(name, f"hg::shared({text})" if shared else text, jax.replace("0.7", "(1 - 0.3)"), [x], x.shape,
                    min(x.low / 0.7, 0), max(x.high / 0.7, 0), names=(leaf,))
        return with_noise(made, shared)
    given = f"<{st.listed(x.shape)}>()" if x.shape and dice.one_in(2) else "_like({0})"
    if model.leaves[leaf].low < -1:
        text, jax = f"hg::normal_noise{given}", ident
    elif dice.one_in(2):
        text, jax = f"hg::uniform_noise{given}", ident
    else:
        text, jax = "hg::bernoulli_noise_like({0}, 0.4)", f"jnp.where({ident} < 0.4, 1.0, 0.0)"
    text = f"hg::shared({text})" if shared else text
    name = text.split("::")[-1].split("(")[0].split("<")[0]
    return with_noise(node(name, f"({{0}} * 0.5 + {text})", f"({{0}} * 0.5 + {jax})", [x], x.shape,
                           -3 - abs(x.low), 3 + abs(x.high), names=(leaf,)), shared)


def with_noise(made, shared):
    made.batched = made.batched or not shared
    return made


def choices(model, w, x, kind, noise):
    """Draws of Bernoulli and categorical distributions, by the estimators that there are."""
    bernoulli = model.dice.one_in(2) or not x.shape or x.shape[-1] < 2
    family = "bernoulli" if bernoulli else "categorical"
    leaf = noise("uniform", x.shape)
    u = leaf.replace(".", "_")
    if kind == "relaxed":
        text = "sample({q}, hg::relaxed(0.7))" if bernoulli or model.dice.one_in(2) else "gumbel_softmax({{0}}, 0.7)"
        jax = (f"jax.nn.sigmoid(({{0}} + jnp.sign({{0}}) * (jnp.log({u}) - jnp.log1p(-{u}))) / 0.7)" if bernoulli else
               f"jax.nn.softmax(({{0}} - jnp.log(-jnp.log1p(-{u}))) / 0.7)")
        return node(f"relaxed_{family}", text.replace("{q}", f"{family}({{0}})").replace("{{0}}", "{0}"), jax, [x], x.shape,
                    0, 1, curved=True, generic=True, names=(leaf,))
    hard = f"draw_{family}({{0}}, {u})"
    if kind == "hard":
        soft = "jax.nn.sigmoid({0})" if bernoulli else "jax.nn.softmax({0})"
        how = model.dice.below(3)
        if how == 0:
            return node(f"draw_{family}", f"draw({family}({{0}}))", hard, [x], x.shape, 0, 1, flat=(0,), names=(leaf,))
        jax = f"({hard} + {soft} - lax.stop_gradient({soft}))"
        text = f"sample({family}({{0}}), hg::straight_through)" if how == 1 else \
            f"straight_through_of(draw({family}({{0}})), {'sigmoid' if bernoulli else 'softmax'}({{0}}))"
        return node(f"straight_through_{family}", text, jax, [x], x.shape, 0, 1, curved=True, names=(leaf,))
    z = model.add_equation(with_noise(node(f"draw_{family}", f"draw({family}({{0}}))", hard, [x], x.shape, 0, 1, flat=(0,),
                                           names=(leaf,)), False))
    cost = st.reduction("sum", ew.unary("square", w.bounded(ew.binary("add", z, x), 2)))
    log_prob = families.log_prob(family, [x], z)
    made = node("score_function", "score_function({0}, {1}, 0.25)",
                "({0} * jnp.exp({1} - lax.stop_gradient({1})) + 0.25 * (1 - jnp.exp({1} - lax.stop_gradient({1}))))",
                [cost, log_prob], (), -100, 100, curved=True)
    return made

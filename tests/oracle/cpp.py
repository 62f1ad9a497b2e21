"""A model as Hourglass: a namespace with its leaves, graphs and programs, and a function that calls them and prints."""

from nodes import number


def spelled(value):
    """The C++ text of an expression."""
    return value.cpp.format(*(spelled(o) for o in value.operands)) if value.operands else value.cpp


def extents(shape):
    return "".join(f", {n}" for n in shape)


def declarations(model):
    lines = []
    for leaf in model.leaves.values():
        if leaf.declared:
            lines.append(f'inline constexpr hg::{leaf.kind}<"{leaf.name}"{extents(leaf.shape)}> {leaf.name};')
    for name in [e.name for e in model.equations] + model.formals:
        lines.append(f'inline constexpr hg::symbol<"{name}"> {name};')
    return lines


def graph(name, equations):
    return [f"inline constexpr hg::graph {name}{{", *(f"    {left} = {spelled(right)}," for left, right in equations), "};"]


def formals(given):
    return ", ".join(f"{name} = {spelled(value)}" for name, value in given.items())


def scan(use):
    arguments = [f"hg::along({formals(use.along)})" if use.along else f"hg::steps<{use.steps}>",
                 f"hg::carry({formals(use.carry)})"]
    arguments += [formals(use.same)] if use.same else []
    arguments += ["hg::backwards"] if use.backwards else []
    arguments += [f"hg::keep_every<{use.keep_every}>"] if use.keep_every else []
    return f'inline constexpr auto read_{use.prefix} = hg::scan<"{use.prefix}">({use.block.object}, {", ".join(arguments)});'


def reached(model, name):
    """How a value is named outside of the model."""
    if name in model.leaves and not model.leaves[name].declared:
        return f'hg::name<"{name}">'
    return name


def program_type(model, program):
    fed = [n for n, leaf in model.leaves.items() if leaf.kind in ("input", "argument", "noise")] + program.cut
    options = [f"hg::from<{', '.join(reached(model, n) for n in fed)}>"] if any(
        model.leaves[n].kind == "noise" for n in fed if n in model.leaves) or program.cut else []
    if program.results:
        options.append(f"hg::to<{', '.join(program.results)}>")
    if program.kind == "gradient":
        options.append(f"hg::wrt<{', '.join(reached(model, n) for n in program.wrt)}>")
    options += [f"hg::{w}" for w in ("training", "per_example", "sum_rows") if getattr(program, w)]
    options += [f"hg::recompute<{', '.join(program.recompute)}>"] if program.recompute else []
    options.append("hg::element<double>")
    if any(leaf.batched for leaf in model.leaves.values()):
        options.append(f"hg::max_rows<{model.max_rows}>")
    head = "model" if program.kind == "function" else f"model, {program.loss}"
    return f"hg::{program.kind}<{head}, {', '.join(options)}>"


def parameters_of(model):
    return [leaf for leaf in model.leaves.values() if leaf.kind in ("parameter", "state")]


def theta(model):
    """The parameters, with their numbers."""
    lines = ["    hg::parameters<model, hg::element<double>> theta{hg::seed = 1};"] if parameters_of(model) else []
    for leaf in parameters_of(model):
        lines.append(f'    oracle::fill(theta[{reached(model, leaf.name)}], "{leaf.name}", {number(leaf.low)}, '
                     f"{number(leaf.high)});")
    return lines


def bound_leaves(model):
    return [leaf for leaf in model.leaves.values() if leaf.kind not in ("parameter", "state")]


def numbers_of_leaves(model, indent):
    """What a call binds."""
    lines = []
    for leaf in bound_leaves(model):
        count = " * ".join(["rows"] * leaf.batched + [str(n) for n in leaf.shape]) or "1"
        lines.append(f'{indent}const auto of_{leaf.name.replace(".", "_")} = oracle::numbers({count}, "{leaf.name}", '
                     f"{number(leaf.low)}, {number(leaf.high)});")
    return lines


def call_arguments(model):
    bound = [f"{reached(model, leaf.name)} = of_{leaf.name.replace('.', '_')}"
             f"{'[0]' if leaf.shape == () and not leaf.batched else ''}" for leaf in bound_leaves(model)]
    return (["theta"] if parameters_of(model) else []) + bound


def run(model):
    """The function that calls the model's programs, each twice: with fewer rows first, then with all."""
    lines = ["inline void run(oracle::printer& print) {", *theta(model)]
    for i, program in enumerate(model.programs):
        lines += [f"    static program{i} run{i}{{hg::threads = hg::pinned({model.threads})}};"]
    has_rows = any(leaf.batched for leaf in model.leaves.values())
    counts = [max(1, model.rows // 2), model.rows] if has_rows and model.rows > 1 else [model.rows]
    lines.append(f"    for (const int rows : {{{', '.join(map(str, counts))}}}) {{")
    lines.append(f"        print.quiet = rows != {model.rows};")
    lines += numbers_of_leaves(model, "        ")
    # A program need not read what has rows.
    arguments = call_arguments(model) + (["hg::rows = rows"] if has_rows else [])
    for i, program in enumerate(model.programs):
        lines.append("        {")
        lines.append(f"            const auto out = oracle::call(run{i}{''.join(', ' + a for a in arguments)});")
        names = program.results + ([program.loss] if program.kind == "gradient" and program.loss not in program.results else [])
        for n in names:
            lines.append(f'            print("{i} {program.kind} {n}", out[{n}]);')
        for n in program.wrt:
            lines.append(f'            print("{i} slope {n}", out.gradient({reached(model, n)}));')
        lines.append("        }")
    return lines + ["    }", "    (void)print;", "}"]


def definitions(model):
    """The model and its programs, in a namespace."""
    lines = [f"namespace model_{model.seed} {{", "", *declarations(model)]
    for block in model.blocks:
        equations = [*block.equations, *((f"next({s})", value) for s, value in block.nexts)]
        lines += graph(block.object, equations)
    lines += [scan(use) for use in model.scans]
    lines += graph("model", [(e.name, e.value) for e in model.equations])
    lines += [f"using program{i} = {program_type(model, p)};" for i, p in enumerate(model.programs)]
    return [*lines, "", "}"]


def text(model):
    """The same, with the function that runs it."""
    return "\n".join([*definitions(model)[:-1], *run(model), "", "}", ""])

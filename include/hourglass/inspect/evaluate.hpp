// Values and gradients of a program in a constant expression, so that a static_assert can check a derivative. Walks the
// program's last graph node by node; only for functions of arguments. program.hpp has the programs that run fast.
#pragma once

#include <hourglass/program/program.hpp>

HOURGLASS_BEGIN

/// The result of `evaluate`: `out[symbol]` and `out.gradient(symbol)` are a number, or a `std::array` of the elements
/// in row-major order. An unknown symbol is a compile error.
template <class Program> class constant_result {
    using compiled = typename Program::compiled_graph;
    using T = typename Program::element_type;
    static constexpr graph_view g = compiled::view();

    static constexpr int root_named(root_kind kind, std::uint64_t hash) {
        for (int r = 0; r < g.roots.size; ++r)
            if (g.roots[r].kind == kind && g.names[g.roots[r].name].hash == hash) return r;
        return -1;
    }
    static constexpr int offset_of(int root) {
        int offset = 0;
        for (int r = 0; r < root; ++r) offset += static_cast<int>(g[g.roots[r].node].type.extents.size());
        return offset;
    }
    template <root_kind Kind, class Leaf> struct missing {
        static constexpr text value() {
            if (compiled::broken || root_named(Kind, Leaf::hash) >= 0) return {};
            return sentence("the program does not return ", Kind == root_kind::gradient ? "the gradient of '" : "'",
                            Leaf::name, "': name it in ", Kind == root_kind::gradient ? "hg::wrt<...>" : "hg::to<...>");
        }
    };
    template <root_kind Kind, class Leaf> constexpr auto get() const {
        static_assert(assert_well_formed<missing<Kind, Leaf>>::value);
        constexpr int root = root_named(Kind, Leaf::hash);
        if constexpr (root < 0)
            return T();
        else {
            constexpr shape extents = g[g.roots[root].node].type.extents;
            constexpr int offset = offset_of(root);
            if constexpr (extents.rank == 0)
                return numbers_[offset];
            else {
                std::array<T, static_cast<std::size_t>(extents.size())> elements{};
                const T* const from = numbers_.begin() + offset;
                for (std::size_t i = 0; i < elements.size(); ++i) elements[i] = from[i];
                return elements;
            }
        }
    }

public:
    table<T, offset_of(g.roots.size)> numbers_; // of all roots, consecutively

    template <named_leaf Leaf> constexpr auto operator[](const Leaf&) const { return get<root_kind::value, Leaf>(); }
    template <named_leaf Leaf> constexpr auto gradient(const Leaf&) const { return get<root_kind::gradient, Leaf>(); }
};

// Walks a program's last graph in a constant expression.
template <class Program> class constant_evaluation {
    using compiled = typename Program::compiled_graph;
    using T = typename Program::element_type;
    static constexpr graph_view g = compiled::view();

    list<list<T>> values_; // by node

public:
    // Explains why a program cannot be evaluated in a constant expression.
    struct problem {
        static constexpr text value() {
            if (compiled::broken) return {};
            for (int n = 0; n < g.nodes.size; ++n) {
                const node& at = g[n];
                if (at.op->kind == operation_kind::scan)
                    return text("hg::evaluate does not take a scan: call the program, or evaluate its step");
                const bool outside = is<ops::parameter>(at) || is<ops::state>(at);
                if (at.op->kind == operation_kind::noise || outside || (at.name >= 0 && at.type.batched))
                    return sentence("hg::evaluate takes a program of arguments only, but '", g.name(at.name), "' is ",
                                    outside           ? "a "
                                    : at.type.batched ? "for each example: make it an hg::argument"
                                                      : "noise",
                                    outside ? at.op->name : std::string_view(),
                                    outside ? ": feed it, hg::from<...>, or make it an hg::argument" : "");
            }
            return {};
        }
    };

    template <class... Bindings> constexpr constant_result<Program> run(const Bindings&... bindings) {
        values_ = list<list<T>>(g.nodes.size, list<T>());
        [&]<int... N>(std::integer_sequence<int, N...>) {
            const bool done[] = {this->template compute<N>(bindings...)..., true};
            static_cast<void>(done);
        }
        (std::make_integer_sequence<int, compiled::final_graph::sizes.nodes>{});
        constant_result<Program> result;
        int to = 0;
        for (const graph_root& r : g.roots)
            for (const T& x : values_[r.node]) result.numbers_[to++] = x;
        return result;
    }

private:
    template <int N, class Binding> constexpr void take(const Binding& b) {
        using Left = typename Binding::left;
        if constexpr (g.names[g[N].name].hash == Left::hash) {
            list<T>& to = values_[N];
            if constexpr (number_range<std::remove_cvref_t<decltype(b.value)>>) {
                to = list<T>();
                for (const auto& x : b.value) to.push(static_cast<T>(x));
                if (to.size() != g[N].type.extents.size())
                    throw call_error("an argument is given too many or too few numbers");
            } else {
                to = list<T>(1, static_cast<T>(b.value));
            }
        }
    }
    template <int N, class... Bindings> constexpr bool compute(const Bindings&... bindings) {
        constexpr node at = g[N];
        if constexpr (at.op->kind == operation_kind::literal || is<ops::scalar>(at))
            values_[N] = list<T>(1, static_cast<T>(at.options.number));
        else if constexpr (is<ops::rows>(at))
            values_[N] = list<T>(1, T(1));
        if constexpr (at.name >= 0)
            (take<N>(bindings), ...);
        else if constexpr (at.op->kind == operation_kind::elementwise)
            elementwise<N>();
        else if constexpr (at.op->kind != operation_kind::literal && at.op->kind != operation_kind::scan)
            whole<N>();
        return true;
    }
    template <int N> constexpr void elementwise() {
        using Op = typename implementation<g[N].op->id>::type;
        const shape& out = g[N].type.extents;
        for (long i = 0; i < out.size(); ++i) [&]<int... O>(std::integer_sequence<int, O...>) {
                values_[N].push(Op::template forward<T>(values_[g.operand(N, O)][static_cast<int>(
                    broadcast_element(g[g.operand(N, O)].type.extents, out, i))]...));
            }
        (std::make_integer_sequence<int, Op::arity>{});
    }
    template <int N> constexpr void whole() {
        using Op = typename implementation<g[N].op->id>::type;
        list<const T*> operands;
        list<value_type> types;
        for (int i = 0; i < g[N].operand_count; ++i) {
            operands.push(values_[g.operand(N, i)].begin());
            types.push(g[g.operand(N, i)].type);
        }
        values_[N] = list<T>(static_cast<int>(g[N].type.extents.size()), T());
        evaluation<T> e;
        e.operands = operands.begin();
        e.types = types.begin();
        e.count = g[N].operand_count;
        e.options = g[N].options;
        e.type = g[N].type;
        e.result = values_[N].begin();
        e.indices = g.indices.data;
        Op::reference(e);
    }
};

/// Evaluates a program of arguments only, and for an `hg::gradient` also its gradients, in a constant expression:
/// `static_assert(hg::evaluate<derivative>(x = std::array{1.0, 2.0}).gradient(x)[0] == 4)`. Uses the functions of
/// math/constant.hpp, within one unit in the last place. Division by zero and overflow are not constant.
template <class Program, class... Bindings> constexpr constant_result<Program> evaluate(const Bindings&... bindings) {
    using compiled = typename Program::compiled_graph;
    using walk = constant_evaluation<Program>;
    static_assert(assert_well_formed<typename compiled::problem>::value);
    static_assert(assert_well_formed<typename walk::problem>::value);
    using check = call_check<compiled, typename Program::element_type, Bindings...>;
    static_assert(assert_well_formed<check>::value);
    if constexpr (compiled::broken || assert_well_formed<typename walk::problem>::size != 0 ||
                  assert_well_formed<check>::size != 0)
        return {};
    else
        return walk().run(bindings...);
}

HOURGLASS_END

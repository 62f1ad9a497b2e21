// Finds the first non-finite value of an evaluated graph, in the order of the equations, and reports where it came
// from. Works on values of the reference interpreter; inspect/inspect.hpp supplies them and the graph.
#pragma once

#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include <hourglass/inspect/print.hpp>

HOURGLASS_BEGIN

/// The first value that is not finite, and where it came from.
struct non_finite_value {
    std::string what;        ///< "the equation 'sigma'", "the input 'x'", "the gradient with respect to 'h.weight'"
    std::string name;        ///< just the name: "sigma"
    std::string operation;   ///< "exp(812.5) = inf" with operands if elementwise, else "sum[axis 0] = nan"
    long step = -1;          ///< of the scan in whose body it lies; else -1
    long row = -1;           ///< -1 if there is no batch axis
    std::vector<long> index; ///< the element, within its row
    double value = 0;        ///< an infinity or NaN

    /// Returns all of this as a sentence.
    std::string sentence() const {
        std::string t = what + " is the first that is not finite: " + operation;
        if (step >= 0) t += " in step " + std::to_string(step);
        if (row >= 0) t += std::string(step >= 0 ? "," : "") + " in row " + std::to_string(row);
        for (std::size_t i = 0; i < index.size(); ++i) t += (i == 0 ? " at [" : ", ") + std::to_string(index[i]);
        return index.empty() ? t : t + "]";
    }
};

// `values(n)` points at the elements of node n, or is null if it was not computed. `operands(n, f)` calls f for each
// node that n was computed from; for none if its value was given. `step_of(n)` is the scan's step of n's values.
template <class T, class Values, class Operands, class Steps> class non_finite_search {
    graph_view g_;
    const node_names& names_;
    Values values_;
    Operands operands_;
    Steps step_of_;
    struct label {
        std::string what, name; // empty for nodes inside an equation
    };
    std::vector<label> labels_;

public:
    non_finite_search(graph_view g, const node_names& names, Values values, Operands operands, Steps step_of)
        : g_(g), names_(names), values_(values), operands_(operands), step_of_(step_of),
          labels_(static_cast<std::size_t>(g.nodes.size)) {
        for (int n = 0; n < g_.nodes.size; ++n)
            if (names_.named(n)) labels_[static_cast<std::size_t>(n)] = label_of(n);
        for (const graph_root& r : g_.roots) {
            label& l = labels_[static_cast<std::size_t>(r.node)];
            if (!l.what.empty()) continue;
            l.name = std::string(g_.name(r.name));
            l.what = r.kind == root_kind::value      ? "the result"
                     : r.kind == root_kind::gradient ? "the gradient with respect to"
                                                     : "the update of";
            l.what += " '" + l.name + "'";
        }
    }

    std::optional<non_finite_value> run() const {
        for (int n = 0; n < g_.nodes.size; ++n) {
            const label& l = labels_[static_cast<std::size_t>(n)];
            if (!l.what.empty() && first_bad(n) >= 0) return describe(origin_of(n), l);
        }
        return std::nullopt;
    }

private:
    bool is_given(int n) const {
        bool given = true;
        operands_(n, [&](int) { given = false; });
        return given;
    }
    label label_of(int n) const {
        std::string name = names_[n];
        constexpr std::string_view gradient = ".#gradient";
        if (name.size() > gradient.size() && name.ends_with(gradient)) {
            name.resize(name.size() - gradient.size());
            return {"the gradient with respect to '" + name + "'", name};
        }
        if (is_given(n) && g_[n].operand_count > 0) return {"what is fed to '" + name + "'", name};
        const operation_kind kind = g_[n].op->kind;
        const bool leaf = kind == operation_kind::leaf || kind == operation_kind::noise;
        return {(leaf ? "the " + std::string(g_[n].op->name) : std::string("the equation")) + " '" + name + "'", name};
    }
    // The first element that is not finite, or -1.
    long first_bad(int n) const {
        using std::isfinite;
        const std::vector<T>* values = values_(n);
        for (std::size_t i = 0; values != nullptr && i < values->size(); ++i)
            if (!isfinite((*values)[i])) return static_cast<long>(i);
        return -1;
    }
    // Inside the equation of n: the first non-finite node that n was computed from.
    int origin_of(int n) const {
        int origin = n;
        std::vector<int> pending{n};
        std::vector<bool> seen(labels_.size(), false);
        while (!pending.empty()) {
            const int at = pending.back();
            pending.pop_back();
            if (at < origin) origin = at;
            operands_(at, [&](int o) {
                const auto i = static_cast<std::size_t>(o);
                if (seen[i] || !labels_[i].what.empty() || first_bad(o) < 0) return;
                seen[i] = true;
                pending.push_back(o);
            });
        }
        return origin;
    }
    non_finite_value describe(int n, const label& l) const {
        const shape& extents = g_[n].type.extents;
        const long element = first_bad(n), size = extents.size();
        non_finite_value v;
        v.what = l.what;
        v.name = l.name;
        v.step = step_of_(n);
        v.value = static_cast<double>((*values_(n))[static_cast<std::size_t>(element)]);
        if (g_[n].type.batched) v.row = element / size;
        for (int axis = 0; axis < extents.rank; ++axis)
            v.index.push_back(element % size / extents.size(axis + 1, extents.rank) % extents[axis]);
        v.operation = operation_text(n, element) + number_text(v.value);
        return v;
    }
    std::string operation_text(int n, long element) const {
        if (is_given(n)) return "";
        if (g_[n].op->kind != operation_kind::elementwise)
            return std::string(g_[n].op->name) + options_text(g_[n]) + " = ";
        std::vector<std::string> operands;
        for (int i = 0; i < g_[n].operand_count; ++i)
            operands.push_back(number_text(static_cast<double>(operand_at(g_.operand(n, i), g_[n].type, element))));
        return expression_text(g_[n], operands) + " = ";
    }
    // The element of an operand that an element of the result is computed from, by NumPy's broadcasting.
    const T& operand_at(int o, const value_type& result, long element) const {
        const value_type& type = g_[o].type;
        long from = broadcast_element(type.extents, result.extents, element % result.extents.size());
        if (type.batched) from += element / result.extents.size() * type.extents.size();
        return (*values_(o))[static_cast<std::size_t>(from)];
    }
};

template <class T> std::optional<non_finite_value> find_non_finite(graph_view g, const node_names& names, auto values,
                                                                   auto operands, auto step_of) {
    return non_finite_search<T, decltype(values), decltype(operands), decltype(step_of)>(g, names, values, operands,
                                                                                         step_of)
        .run();
}

HOURGLASS_END

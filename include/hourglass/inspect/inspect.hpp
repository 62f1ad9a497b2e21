// Looks inside a model or a training step: the reference interpreter evaluates every symbol, any value can be read, and
// the first that is not finite is found (inspect/non_finite.hpp). Slow and exact; double by default.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <hourglass/inspect/interpret.hpp>
#include <hourglass/inspect/non_finite.hpp>
#include <hourglass/lowering/cut_models.hpp>
#include <hourglass/program/bindings.hpp>

HOURGLASS_BEGIN

// Checks the bindings of a call to an interpreter against the graph.
template <class Stage, class... Arguments> struct inspection_check {
    static constexpr int node_named(std::uint64_t hash) {
        const graph_view g = Stage::view();
        const int name = g.find_name(hash);
        return name < 0 ? -1 : g.names[name].node;
    }
    template <class Argument> static constexpr void check_one(text& t) {
        if (!t.empty()) return;
        if constexpr (is_equation<Argument>) {
            t = sentence("a call binds names to values, but an expression stands on the right of an '=': compute it "
                         "first, or put the equation into the graph");
        } else if constexpr (!is_binding<Argument>) {
            t = sentence(parameter_source<Argument>
                             ? "the parameters are given where the interpreter is made, not where it is called"
                             : "an argument of the call has no name: write symbol = values");
        } else {
            using Left = typename Argument::left;
            using Value = std::remove_cvref_t<decltype(Argument::value)>;
            int times = 0;
            ((times += hash_of_argument<Arguments>() == Left::hash), ...);
            const bool option = Left::hash == decltype(rows)::hash || Left::hash == decltype(first_example)::hash;
            if (times > 1)
                t = sentence(shown(Left::name), " is bound twice in one call");
            else if (node_named(Left::hash) >= 0 && lies_in_body(bodies_of(Stage::view()), node_named(Left::hash)))
                t = sentence("'", Left::name,
                             "' lies in the body of a scan and has a value for each step, so that it "
                             "cannot be bound: bind what is taken of the scan");
            else if (option && !std::integral<Value>)
                t = sentence(shown(Left::name), " is bound to something that is no whole number");
            else if (!number_range<Value> && !std::is_arithmetic_v<Value>)
                t = sentence("'", Left::name,
                             "' is bound to something that is no number and no contiguous range of numbers");
            else if (Left::name.starts_with("#") && !option)
                t = sentence(shown(Left::name), " is given where an interpreter is made, not where it is called");
            else if (node_named(Left::hash) < 0 && Left::kind != leaf_kind::scalar && !option)
                t = sentence("the graph has nothing to bind to '", Left::name,
                             "': it is no input, scalar or symbol of it");
        }
    }
    static constexpr text value() {
        text t;
        (check_one<Arguments>(t), ...);
        return t;
    }
};

// The part that interpreters of models and of programs share. `Stage` gives the graph. `Cuts`, for interpreters of
// models, knows which values become meaningless when a call feeds others (autodiff/cut_derivatives.hpp).
template <class Stage, class T, class Cuts = void> class inspection {
    struct evaluated {
        graph_builder graph;     // the nodes that can be computed and are useful
        std::vector<int> place;  // node of the whole graph -> node of `graph`, or -1
        std::vector<bool> given; // whether a node's value was bound or read rather than computed
        std::vector<int> blame;  // the leaf whose missing value keeps a node from being computed, or -1
        std::optional<interpretation<T>> values;
    };
    graph_view g_ = Stage::view();
    node_names names_{g_};
    bool training_;
    forward_rules<T> rules_;
    std::vector<std::function<bool(std::uint64_t, std::vector<T>&)>> tensors_;
    random::noise_stream noise_{};
    std::optional<evaluated> done_;
    std::vector<std::uint64_t> fed_names_; // hashes, of the latest call
    text (*problem_of_)(slice_of<std::uint64_t> fed, std::uint64_t asked, bool training) = nullptr;

public:
    using element_type = T;

    /// Evaluates everything that the bindings allow, and returns itself. Any symbol may be fed, noise too; fed symbols
    /// are not computed. Bound values may have any arithmetic type. Also takes `hg::rows`, if nothing batched is fed,
    /// `hg::first_example` and `hg::step_number`, on which the noise of a training step depends. Ignores scalars that
    /// only an update rule knows, so that a training step's bindings fit. Throws `call_error` if extents do not.
    template <class... Arguments> inspection& operator()(const Arguments&... arguments) {
        static_assert(assert_well_formed<inspection_check<Stage, Arguments...>>::value);
        done_.reset();
        fed_names_.clear();
        problem_of_ = nullptr;
        if constexpr (feeds_within_derivatives<Arguments...>()) problem_of_ = &Cuts::problem;
        std::vector<std::vector<T>> fed(static_cast<std::size_t>(g_.nodes.size));
        row_count count;
        random::noise_stream noise = noise_;
        std::uint64_t first = 0;
        (bind(arguments, fed, count, noise.step, first), ...);
        if (count.rows == 0) count.check();
        evaluate(std::move(fed), count, noise, first);
        return *this;
    }
    template <class... Arguments> const inspection& operator()(const Arguments&...) const {
        static_assert(assert_well_formed<called_const<Arguments...>>::value);
        return *this;
    }

    /// Returns a symbol's value in the latest call: a number if it has neither extents nor a batch axis, else a view,
    /// rows first, valid until the next call. A per-example loss has one value per row, while programs return the mean.
    /// In the body of a scan it is the value of the last step, or of the first that is not finite. Throws `call_error`
    /// if it could not be computed; an unknown symbol is a compile error.
    template <named_leaf Leaf> auto operator[](const Leaf&) const {
        static_assert(assert_well_formed<missing<Leaf>>::value);
        constexpr int n = found<Leaf>();
        constexpr value_type type = Stage::view()[n].type;
        check_meaning(Leaf::hash);
        const std::vector<T>& values = values_of(n);
        if constexpr (type.extents.rank == 0 && !type.batched)
            return values[0];
        else
            return tensor_view<const T>(values.data(), type, done_->values->rows());
    }
    /// The same for a name known only at run time. Throws `call_error` if the graph does not have it.
    tensor_view<const T> value(std::string_view name) const {
        const int i = g_.find_name(hash_of(name));
        if (i < 0 || g_.names[i].node < 0) throw call_error{"the graph has nothing named '", name, "'"};
        check_meaning(hash_of(name));
        return view_of(g_.names[i].node);
    }

    /// Returns the first value that is not finite, if any. Infinities inside an equation whose own value is finite do
    /// not count. Throws `call_error` before the first call.
    std::optional<non_finite_value> first_non_finite() const {
        need_call();
        const auto values = [this](int n) { return place(n) < 0 ? nullptr : &raw(n); };
        const auto operands = [this](int n, auto f) {
            if (!done_->given[static_cast<std::size_t>(n)]) each_operand(n, f);
        };
        const auto step_of = [this](int n) { return place(n) < 0 ? -1 : done_->values->step_of(place(n)); };
        return find_non_finite<T>(g_, names_, values, operands, step_of);
    }

protected:
    template <class... Sources> explicit inspection(bool in_training, const Sources&... sources)
        : training_(in_training) {
        add_own_operations<Stage>(rules_);
        (add_source(sources), ...);
    }
    tensor_view<const T> view_of_root(root_kind kind, std::uint64_t hash) const {
        for (const graph_root& r : g_.roots)
            if (r.kind == kind && g_.names[r.name].hash == hash) return view_of(r.node);
        throw call_error("the program has no such result, gradient or update");
    }

private:
    template <class Leaf> static constexpr int found() {
        const int n = inspection_check<Stage>::node_named(Leaf::hash);
        return n < 0 ? 0 : n;
    }
    template <class Leaf> struct missing {
        static constexpr text value() {
            if (inspection_check<Stage>::node_named(Leaf::hash) >= 0) return {};
            return sentence("the graph has no symbol '", Leaf::name, "' to look at");
        }
    };
    template <class Source> void add_source(const Source& source) {
        if constexpr (is_binding<Source>) {
            noise_.seed = option_or(decltype(seed)::hash, noise_.seed, source);
        } else if constexpr (parameter_source<Source>) {
            // Read at each call, to follow training.
            tensors_.push_back([&source](std::uint64_t hash, std::vector<T>& to) {
                const auto* from = source.find(hash);
                for (std::size_t i = 0; from != nullptr && i < to.size(); ++i) to[i] = T(from[i]);
                return from != nullptr;
            });
        }
    }

    template <class Argument> void bind(const Argument& a, std::vector<std::vector<T>>& fed, row_count& count,
                                        std::uint64_t& step, std::uint64_t& first) {
        if constexpr (is_binding<Argument>) {
            using Left = typename Argument::left;
            using Value = std::remove_cvref_t<decltype(a.value)>;
            constexpr int n = inspection_check<Stage>::node_named(Left::hash);
            if constexpr (Left::hash == decltype(rows)::hash && std::integral<Value>) count.set_given(a.value);
            if constexpr (Left::hash == decltype(first_example)::hash && std::integral<Value>)
                first = first_example_of(a.value);
            if constexpr (Left::hash == decltype(step_number)::hash && std::is_arithmetic_v<Value>) {
                if (!(a.value >= 0))
                    throw call_error("hg::step_number is " + std::to_string(a.value) +
                                     ", but steps are numbered from 1, and 0 is no step");
                step = static_cast<std::uint64_t>(a.value);
            }
            if constexpr (n >= 0 && (number_range<Value> || std::is_arithmetic_v<Value>)) {
                auto& to = fed[static_cast<std::size_t>(n)];
                fed_names_.push_back(Left::hash);
                if constexpr (number_range<Value>)
                    for (auto x : a.value) to.push_back(T(x));
                else
                    to.push_back(T(a.value));
                const long r = rows_in(to.size(), g_[n].type, Left::name);
                if (r >= 0) count.set(r, Left::name);
            }
        }
    }

    // Whether a call feeds computed values in a graph whose equations contain derivatives.
    template <class... Arguments> static constexpr bool feeds_within_derivatives() {
        if (std::is_void_v<Cuts> || !Stage::view().has_derivatives) return false;
        const auto is_computed = [](int n) { return n >= 0 && Stage::view()[n].op->kind != operation_kind::leaf; };
        return (is_computed(inspection_check<Stage>::node_named(hash_of_argument<Arguments>())) || ...);
    }
    void check_meaning(std::uint64_t asked) const {
        if (problem_of_ == nullptr) return;
        const text problem = problem_of_({fed_names_.data(), static_cast<int>(fed_names_.size())}, asked, training_);
        if (!problem.empty()) throw call_error(std::string(problem.view()));
    }
    bool is_choice(int n) const { return depends_on_training(g_[n]); }
    int chosen(int n) const { return g_.operand(n, training_ ? 0 : 1); }
    // Calls f(operand) for each node that n is computed from.
    void each_operand(int n, auto f) const {
        if (is_choice(n)) return f(chosen(n));
        for (int i = 0; i < g_[n].operand_count; ++i) f(g_.operand(n, i));
    }

    void evaluate(std::vector<std::vector<T>> fed, const row_count& count, random::noise_stream noise,
                  std::uint64_t first) {
        const auto at = [](auto& v, int n) -> auto& { return v[static_cast<std::size_t>(n)]; };
        std::vector<bool> useful(static_cast<std::size_t>(g_.nodes.size), false);
        evaluated e;
        e.place.assign(useful.size(), -1);
        e.blame.assign(useful.size(), -1);
        for (int n = 0; n < g_.nodes.size; ++n) {
            if (!at(fed, n).empty()) continue;
            if (is<ops::parameter>(g_[n]) || is<ops::state>(g_[n])) {
                at(fed, n).resize(static_cast<std::size_t>(g_[n].type.extents.size()));
                bool there = false;
                for (const auto& source : tensors_) there = there || source(g_.names[g_[n].name].hash, at(fed, n));
                if (there) continue;
                at(fed, n).clear();
            }
            const bool needs_value = g_[n].op->kind == operation_kind::leaf && !is<ops::scalar>(g_[n]) &&
                                     !is<ops::rows>(g_[n]) && !is<ops::step>(g_[n]);
            if (needs_value) at(e.blame, n) = n;
            each_operand(n, [&](int o) {
                if (at(e.blame, o) >= 0 && at(e.blame, n) < 0) at(e.blame, n) = at(e.blame, o);
            });
        }
        // Needed by names and results: not the branch of in_training that is not taken.
        for (const named_node& name : g_.names)
            if (name.node >= 0) useful[static_cast<std::size_t>(name.node)] = true;
        for (const graph_root& r : g_.roots) useful[static_cast<std::size_t>(r.node)] = true;
        for (int n = g_.nodes.size - 1; n >= 0; --n) {
            if (at(e.blame, n) >= 0)
                useful[static_cast<std::size_t>(n)] = false;
            else if (useful[static_cast<std::size_t>(n)] && at(fed, n).empty())
                each_operand(n, [&](int o) { useful[static_cast<std::size_t>(o)] = true; });
        }
        rewriter r(g_);
        for (int n = 0; n < g_.nodes.size; ++n) {
            if (!useful[static_cast<std::size_t>(n)]) continue;
            if (g_[n].type.batched || is<ops::rows>(g_[n])) count.check();
            if (!at(fed, n).empty())
                r.map[n] = r.to.push_leaf(&record<ops::fed>, -1, g_[n].type);
            else if (is_choice(n))
                r.map[n] = filled(handle{&r.to, nullptr, r.map[chosen(n)]}, g_[n].type).index;
            else
                r.map[n] = r.copy(n);
            at(e.place, n) = r.map[n];
        }
        for (const std::vector<T>& value : fed) e.given.push_back(!value.empty());
        e.graph = std::move(r.to);
        done_.emplace(std::move(e));
        done_->values.emplace(done_->graph.view(), rules_, count.rows < 0 ? 1 : count.rows);
        interpretation<T>& values = *done_->values;
        values.noise = noise;
        values.first_example = first;
        for (int n = 0; n < g_.nodes.size; ++n)
            if (place(n) >= 0 && !at(fed, n).empty()) values.feed(place(n), std::move(at(fed, n)));
        values.run();
    }

    void need_call() const {
        if (!done_)
            throw call_error("nothing has been evaluated yet: call the interpreter with the model's inputs first");
    }
    int place(int n) const { return done_->place[static_cast<std::size_t>(n)]; }
    const std::vector<T>& raw(int n) const { return done_->values->values[static_cast<std::size_t>(place(n))]; }
    const std::vector<T>& values_of(int n) const {
        need_call();
        const int leaf = done_->blame[static_cast<std::size_t>(n)];
        if (leaf >= 0)
            throw call_error{"'",          names_[n],        "' could not be computed: the ", g_[leaf].op->name, " '",
                             names_[leaf], "' was not bound"};
        if (raw(n).empty()) throw call_error{"'", names_[n], "' lies in the body of a scan that could not be computed"};
        return raw(n);
    }
    tensor_view<const T> view_of(int n) const {
        const std::vector<T>& values = values_of(n);
        return {values.data(), g_[n].type, done_->values->rows()};
    }
};

template <option_schema Schema, class... Options> using inspection_options =
    checked_options<Schema, double, interpreter_element_check, Options...>;

/// Evaluates a whole model by the reference interpreter:
///
///     hg::interpreter<vae> look{theta, hg::seed = 1};
///     look(x = images, beta = 0.5);
///     look[h](0, 7);
///     if (auto bad = look.first_non_finite()) std::cerr << bad->sentence() << '\n';
/// Options: `hg::element<T>` for any number type that the operations support, 50 digits included, and `hg::training`
/// for the training branch of `in_training`. Noise is that of a program with the same seed, step (`hg::step_number`; 0
/// in functions) and examples. Parameters, of any element type, are read at each call and must outlive the interpreter.
template <const auto& Graph, class... Options> class interpreter
    : public inspection<lowered<Graph>,
                        typename inspection_options<option_schema::interpreter, Options...>::element_type,
                        cut_values<Graph>> {
    using options = inspection_options<option_schema::interpreter, Options...>;
    using base = inspection<lowered<Graph>, typename options::element_type, cut_values<Graph>>;
    static_assert(check<Graph>);
    static_assert(assert_well_formed<typename options::mistake>::value);

public:
    /// Takes parameters, a trainer's state and `hg::seed = n`.
    template <class... Sources>
    requires(!(std::derived_from<std::remove_cvref_t<Sources>, interpreter> ||
               ...)) explicit interpreter(Sources&&... sources)
        : base(option_set<Options...>::template has<training>, sources...) {
        static_assert(assert_well_formed<construction_check<option_schema::interpreter, Sources...>>::value);
    }
};

/// Evaluates a program's own graph before any pass changes it, so that gradients and updates can be inspected:
///
///     hg::program_interpreter<trainer> look{theta, train.state(), hg::seed = 1};
///     look(x = images, hg::learning_rate = 1e-3, hg::step_number = train.steps() + 1);
///     look.gradient(W)(3, 5);
/// Writes nothing: `look.update(W)` is the value that a step would give W.
template <class Program, class... Options> class program_interpreter
    : public inspection<typename Program::compiled_graph::specified,
                        typename inspection_options<option_schema::program_interpreter, Options...>::element_type> {
    using options = inspection_options<option_schema::program_interpreter, Options...>;
    using base = inspection<typename Program::compiled_graph::specified, typename options::element_type>;
    static_assert(assert_well_formed<typename options::mistake>::value);

public:
    /// Takes parameters, a trainer's state and `hg::seed = n`.
    template <class... Sources>
    requires(!(std::derived_from<std::remove_cvref_t<Sources>, program_interpreter> ||
               ...)) explicit program_interpreter(Sources&&... sources)
        : base(Program::compiled_graph::spec::in_training, sources...) {
        static_assert(assert_well_formed<construction_check<option_schema::program_interpreter, Sources...>>::value);
    }

    /// Returns a view of a result; for a loss, the mean over the rows. Throws `call_error` if there is none.
    template <named_leaf Leaf> auto result(const Leaf&) const {
        return this->view_of_root(root_kind::value, Leaf::hash);
    }
    /// Returns a view of d loss / d symbol. Throws `call_error` if there is none.
    template <named_leaf Leaf> auto gradient(const Leaf&) const {
        constexpr bool trains = Program::compiled_graph::spec::kind == program_kind::trainer;
        if constexpr (trains)
            return this->value(std::string(Leaf::name) + ".#gradient");
        else
            return this->view_of_root(root_kind::gradient, Leaf::hash);
    }
    /// Returns a view of the value that a step would give a parameter or state. Throws `call_error` if none is updated.
    template <named_leaf Leaf> auto update(const Leaf&) const {
        return this->view_of_root(root_kind::update, Leaf::hash);
    }
};

HOURGLASS_END

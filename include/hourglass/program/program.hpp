// The programs that users make of a graph: function, gradient and trainer. Each is compiled for its own results and
// holds its own arena; parameters are shared. A call binds values by name and returns views of the arena, valid until
// the next call.
#pragma once

#include <hourglass/program/overlap.hpp>

HOURGLASS_BEGIN

// What is wrong with a program: the mistake in its options where there is one, in a graph that is well formed, else
// that in what it asks of the graph.
template <class Spec> struct mistake_in { using type = typename compiled<Spec>::problem; };
template <class Spec>
requires requires { typename Spec::mistake; }
struct mistake_in<Spec> {
    using type = std::conditional_t<lowered<Spec::graph>::value.problem.empty(), typename Spec::mistake,
                                    typename compiled<Spec>::problem>;
};

// What the three programs share.
template <class Spec> class program_base {
public:
    using compiled_graph = compiled<Spec>;
    using element_type = typename Spec::options::element_type;
    using result = call_result<compiled_graph, element_type>;
    static constexpr long max_rows = Spec::rows;
    static constexpr bool inside = Spec::options::template has<arena_inside>;

protected:
    using T = element_type;
    static_assert(check<Spec::graph>);
    static_assert(assert_well_formed<typename mistake_in<Spec>::type>::value);
    static constexpr const auto& schedule = compiled_graph::schedule;
    static constexpr const auto& g = compiled_graph::final_graph::value;

    executor<compiled_graph, T> executor_;

    explicit program_base(thread_limit limit) : executor_(limit) {}

    // Whether rows influence each other: then a call cannot be cut into chunks.
    static constexpr bool find_coupling() {
        const graph_view whole = compiled_graph::whole::view();
        for (const node& n : whole.nodes)
            if (is<ops::rows>(n)) return true;
        return mixes_rows(whole);
    }
    static constexpr bool couples_rows = find_coupling();

    // A call's parameters and bindings, or a trainer's parameters: of several mistakes the first is said.
    template <class... Checks> struct all_of {
        static constexpr text value() {
            text t;
            ((t = t.empty() ? Checks::value() : t), ...);
            return t;
        }
    };
    // Asserts that there is no mistake; false where there is one, there or in the program itself.
    template <class... Checks> static constexpr bool well_formed() {
        using asserted = assert_well_formed<all_of<Checks...>>;
        static_assert(asserted::value);
        return asserted::size == 0 && !compiled_graph::broken;
    }

    // The values that lie in the parameters and the state, by the hashes of their names.
    struct attachment {
        int value = -1;
        std::uint64_t hash = 0;
    };
    static constexpr auto find_attachments() {
        std::array<attachment, static_cast<std::size_t>(compiled_graph::sizes.values) + 1> all{};
        std::size_t count = 0;
        for (int v = 0; v < compiled_graph::sizes.values; ++v) {
            const stored_value& value = schedule.values[static_cast<std::size_t>(v)];
            if (value.storage == storage_kind::parameter || value.storage == storage_kind::state)
                all[count++] = {v, g.names[static_cast<std::size_t>(value.name)].hash};
        }
        return all;
    }
    static constexpr auto all_attached = find_attachments();
    static constexpr std::size_t count_attached() {
        std::size_t count = 0;
        while (all_attached[count].value >= 0) ++count;
        return count;
    }
    static constexpr std::size_t attachments = count_attached();
    // Calls f(address, elements) for each of them.
    void each_attached(auto&& f) const {
        for (std::size_t i = 0; i < attachments; ++i) {
            const auto v = static_cast<std::size_t>(all_attached[i].value);
            f(executor_.place[v], schedule.values[v].type.extents.size());
        }
    }
    void attach(auto& theta) {
        static constexpr auto& all = all_attached;
        for (const attachment* a = all.data(); a->value >= 0; ++a)
            if (auto* found = theta.find(a->hash)) {
                if (executor_.owns(found)) [[unlikely]]
                    refuse_own_memory({});
                executor_.place[static_cast<std::size_t>(a->value)] = const_cast<T*>(found);
            }
    }
    template <class... Arguments> using checked = call_check<compiled_graph, T, Arguments...>;

    // Binds one argument; counts the rows. Data is not copied: it must live until the call returns.
    template <class Check, class Argument> void bind(const Argument& a, row_count& count) {
        if constexpr (is_binding<Argument>) {
            using Left = typename Argument::left;
            using Value = std::remove_cvref_t<decltype(a.value)>;
            if constexpr (Left::hash == decltype(hourglass::rows)::hash)
                count.set_given(a.value);
            else if constexpr (Left::hash == decltype(hourglass::first_example)::hash)
                executor_.first_example = first_example_of(a.value);
            else {
                constexpr int v = Check::value_named(Left::hash), s = Check::scalar_named(Left::hash);
                if constexpr (v >= 0) {
                    static constexpr value_type type = schedule.values[static_cast<std::size_t>(v)].type;
                    std::size_t elements = 1;
                    if constexpr (number_range<Value>) {
                        elements = std::ranges::size(a.value);
                        T* const data = const_cast<T*>(std::ranges::data(a.value));
                        if (executor_.owns(data)) [[unlikely]]
                            refuse_own_memory(Left::name);
                        executor_.place[static_cast<std::size_t>(v)] = data;
                    } else {
                        single_[static_cast<std::size_t>(v)] = static_cast<T>(a.value);
                        executor_.place[static_cast<std::size_t>(v)] = &single_[static_cast<std::size_t>(v)];
                    }
                    if constexpr (type.batched)
                        count.set(rows_in(elements, type, Left::name), Left::name);
                    else if (elements != static_cast<std::size_t>(type.extents.size())) [[unlikely]]
                        refuse_elements(elements, type, Left::name);
                } else if constexpr (s >= 0) {
                    executor_.number[static_cast<std::size_t>(s)] = static_cast<double>(a.value);
                }
            }
        }
    }
    // Of a value bound with a batch axis, the part from a row on.
    template <class Check, class Argument> void move_to(const Argument& a, long first_row) {
        if constexpr (is_binding<Argument>) {
            using Left = typename Argument::left;
            constexpr int v = Check::value_named(Left::hash);
            if constexpr (v >= 0 && number_range<std::remove_cvref_t<decltype(a.value)>>) {
                constexpr value_type type = schedule.values[static_cast<std::size_t>(v)].type;
                if constexpr (type.batched)
                    executor_.place[static_cast<std::size_t>(v)] =
                        const_cast<T*>(std::ranges::data(a.value)) + first_row * type.extents.size();
            }
        }
    }
    static long rows_of(const row_count& count) {
        if constexpr (needs_rows()) count.check();
        return count.rows < 0 ? 1 : count.rows;
    }
    static constexpr bool needs_rows() {
        for (int n = 0; n < compiled_graph::final_graph::sizes.nodes; ++n)
            if (g.nodes[static_cast<std::size_t>(n)].type.batched ||
                is<ops::rows>(g.nodes[static_cast<std::size_t>(n)]))
                return true;
        return false;
    }
    static void check_rows(long given, std::string_view what) {
        if (given > max_rows) [[unlikely]]
            refuse_rows(given, max_rows, what);
    }

private:
    // Numbers bound to inputs of one element: they must live as long as the call.
    std::array<T, static_cast<std::size_t>(compiled_graph::sizes.values) + 1> single_{};
};

template <class Spec> class callable_program : public program_base<Spec> {
    using base = program_base<Spec>;
    using typename base::T;

public:
    using typename base::result;

    // Made with hg::threads = n or hg::pinned(n), and hg::seed = n, in any order. Throws call_error where there cannot
    // be so many threads.
    template <class... Arguments> explicit callable_program(const Arguments&... arguments)
        : base(threads_or(base::inside ? thread_limit{} : thread_limit::by_default(), arguments...)) {
        base::template well_formed<making_check<taker_of(Spec::kind), Arguments...>>();
        this->executor_.noise.seed = option_or(decltype(seed)::hash, std::uint64_t{0}, arguments...);
    }
    callable_program(const callable_program&) = delete;
    callable_program& operator=(const callable_program&) = delete;

    // At most max_rows rows; with hg::into(symbol, range) any number, in chunks, where no row depends on another.
    template <parameter_source Theta, class... Arguments>
    result operator()(const Theta& theta, const Arguments&... arguments) & {
        using check_type = typename base::template checked<Arguments...>;
        if constexpr (!base::template well_formed<parameters_check<typename base::compiled_graph, T, Theta>,
                                                  check_type>()) {
            return {this->executor_, 1};
        } else {
            this->attach(theta);
            return call<check_type>(arguments...);
        }
    }
    // For graphs without parameters and state.
    template <class... Arguments> result operator()(const Arguments&... arguments) & {
        using check_type = typename base::template checked<Arguments...>;
        if constexpr (!base::template well_formed<check_type,
                                                  parameters_check<typename base::compiled_graph, T, void>>())
            return {this->executor_, 1};
        else
            return call<check_type>(arguments...);
    }
    template <class... Arguments> result operator()(const Arguments&...) && {
        base::template well_formed<called_temporary<Arguments...>>();
        return {this->executor_, 1};
    }
    template <class... Arguments> result operator()(const Arguments&...) const& {
        base::template well_formed<called_const<Arguments...>>();
        return {this->executor_, 1};
    }

private:
    template <class check_type, class... Arguments> result call(const Arguments&... arguments) {
        this->executor_.set_defaults();
        this->executor_.first_example = 0;
        row_count count;
        (this->template bind<check_type>(arguments, count), ...);
        const long all = base::rows_of(count);
        constexpr bool chunked = (is_destination<Arguments> || ...);
        constexpr bool flush = base::needs_rows();
        if constexpr (!chunked) {
            base::check_rows(all, "the program");
            this->executor_.run(all, flush);
            return {this->executor_, all};
        } else {
            if (base::couples_rows) base::check_rows(all, "the program, whose rows depend on each other,");
            (check_destination(arguments, all), ...);
            check_memory<check_type>(all, arguments...);
            check_gradients(all);
            const std::uint64_t first = this->executor_.first_example;
            long done = 0;
            for (; done < all; done += base::max_rows) {
                const long now = std::min(base::max_rows, all - done);
                (this->template move_to<check_type>(arguments, done), ...);
                this->executor_.first_example = first + static_cast<std::uint64_t>(done);
                this->executor_.run(now, flush);
                (deliver(arguments, result(this->executor_, now), done), ...);
            }
            return all > base::max_rows ? result::of_chunks(this->executor_, all) : result(this->executor_, all);
        }
    }
    template <class check_type, class... Arguments> void check_memory(long all, const Arguments&... arguments) const {
        call_memory<typename base::compiled_graph, result, T, sizeof...(Arguments) + base::attachments> memory;
        (memory.template add<check_type>(arguments, all), ...);
        this->each_attached([&](const T* data, long size) { memory.add_attached(data, size); });
        memory.check(all > base::max_rows);
    }
    // Gradients have no destination: those of each row must all fit.
    static void check_gradients(long all) {
        if constexpr (result::gradient_of_rows >= 0)
            if (all > base::max_rows) [[unlikely]]
                refuse_chunks("the gradient with respect to ", result::name_of_gradient(), all, base::max_rows,
                              "call it with fewer rows at a time, or give the program hg::max_rows<" +
                                  std::to_string(all) + ">");
    }
    // Before anything is written, so that what does not fit leaves no half of it.
    template <class Argument> static void check_destination(const Argument& a, long all) {
        if constexpr (is_destination<Argument>) {
            using Left = typename Argument::left;
            constexpr value_type type = result::template type_of<Left>();
            const auto wanted = static_cast<std::size_t>(type.extents.size() * (type.batched ? all : 1));
            if (std::ranges::size(a.range) < wanted) [[unlikely]]
                refuse_destination(Left::name, std::ranges::size(a.range), wanted);
        }
    }
    template <class Argument> static void deliver(const Argument& a, const result& out, long first_row) {
        if constexpr (is_destination<Argument>) {
            constexpr value_type type = result::template type_of<typename Argument::left>();
            std::ranges::copy(out.template contiguous<typename Argument::left>(),
                              std::ranges::data(a.range) + (type.batched ? first_row * type.extents.size() : 0));
        }
    }
};

// Values: hg::function<graph, hg::from<z>, hg::to<xhat>>. What the results do not need is not compiled into it.
template <const auto& Graph, class... Options> class function
    : public callable_program<checked_spec<Graph, program_kind::function, no_loss{}, Options...>> {
    using callable_program<checked_spec<Graph, program_kind::function, no_loss{}, Options...>>::callable_program;
};

// Value and gradient of a loss: out[loss], out.gradient(W). By default with respect to all parameters, of the mean over
// the rows.
template <const auto& Graph, auto Loss, class... Options> class gradient
    : public callable_program<checked_spec<Graph, program_kind::gradient, Loss, Options...>> {
    using callable_program<checked_spec<Graph, program_kind::gradient, Loss, Options...>>::callable_program;
};

// A compiled training step: forward, backward and the optimiser's update in one program.
template <const auto& Graph, auto Loss, class... Options> class trainer
    : public program_base<checked_spec<Graph, program_kind::trainer, Loss, Options...>> {
    using base = program_base<checked_spec<Graph, program_kind::trainer, Loss, Options...>>;
    using typename base::T;

public:
    using typename base::result;
    // The optimiser's own tensors, by the name of the parameter: "h.weight.first_moment".
    using optimiser_state =
        tensor_store<tensor_table<typename base::compiled_graph::final_graph, tensors_of::optimiser>, T>;

    // Made with the parameters, which must live as long as the trainer, hg::seed = n for the noise, hg::threads = n.
    // Throws call_error where there cannot be so many threads.
    template <class... Arguments> explicit trainer(Arguments&&... arguments)
        : base(threads_or(thread_limit::by_default(), arguments...)) {
        using making = making_check<taker::trainer, Arguments...>;
        if constexpr (base::template well_formed<making>()) {
            this->executor_.noise.seed = option_or(decltype(seed)::hash, std::uint64_t{0}, arguments...);
            start(arguments...);
        }
    }
    trainer(const trainer&) = delete;
    trainer& operator=(const trainer&) = delete;

    // One step. Losses in the result are means over the rows (sums with hg::sum_rows), from before the update.
    template <class... Arguments> result operator()(const Arguments&... arguments) & {
        using check_type = typename base::template checked<Arguments...>;
        if constexpr (!base::template well_formed<check_type>())
            return {this->executor_, 1};
        else
            return step<check_type>(arguments...);
    }
    template <class... Arguments> result operator()(const Arguments&...) && {
        base::template well_formed<called_temporary<Arguments...>>();
        return {this->executor_, 1};
    }
    template <class... Arguments> result operator()(const Arguments&...) const& {
        base::template well_formed<called_const<Arguments...>>();
        return {this->executor_, 1};
    }
    std::uint64_t steps() const { return steps_; }
    // For resuming: the number of steps done.
    void set_steps(std::uint64_t steps) { steps_ = steps; }
    optimiser_state& state() { return state_; }
    const optimiser_state& state() const { return state_; }

private:
    optimiser_state state_;
    std::uint64_t steps_ = 0;
    std::uintptr_t first_written_ = ~std::uintptr_t{0}, last_written_ = 0;

    template <class Theta, class... Rest> void start(Theta& theta, const Rest&...) {
        if constexpr (base::template well_formed<parameters_check<typename base::compiled_graph, T, Theta>>()) {
            this->attach(state_);
            this->attach(theta); // last: parameters are the model's own
            this->each_attached([this](const T* data, long size) {
                const auto first = reinterpret_cast<std::uintptr_t>(data);
                first_written_ = std::min(first_written_, first);
                last_written_ = std::max(last_written_, first + static_cast<std::size_t>(size) * sizeof(T));
            });
        }
    }
    // What a step reads must not be what it writes: updates do not wait for each other's readers.
    template <class Argument> void check_unwritten(const Argument& a) const {
        if constexpr (is_binding<Argument>)
            if constexpr (number_range<std::remove_cvref_t<decltype(a.value)>>) {
                const auto first = reinterpret_cast<std::uintptr_t>(std::ranges::data(a.value));
                const std::size_t bytes = std::ranges::size(a.value) * sizeof(*std::ranges::data(a.value));
                if (first < last_written_ && first_written_ < first + bytes) [[unlikely]]
                    refuse_if_written(Argument::left::name, {{}, std::ranges::data(a.value), bytes, 0});
            }
    }
    // They may lie apart, with other memory between them.
    HOURGLASS_COLD void refuse_if_written(std::string_view name, const bound_memory& given) const {
        this->each_attached([&](const T* data, long size) {
            if (given.overlaps({{}, data, static_cast<std::size_t>(size) * sizeof(T), 0})) refuse_written(name);
        });
    }

    template <class check_type, class... Arguments> result step(const Arguments&... arguments) {
        this->executor_.set_defaults();
        this->executor_.first_example = 0;
        const std::uint64_t number = steps_ + 1; // counted only when it is done: a call that throws is no step
        this->executor_.noise.step = number;
        row_count count;
        set_step(number);
        (this->template bind<check_type>(arguments, count), ...);
        (check_unwritten(arguments), ...);
        const long all = base::rows_of(count);
        base::check_rows(all, "a training step, which is never cut into chunks,");
        this->executor_.run(all, true);
        steps_ = number;
        return {this->executor_, all};
    }
    void set_step(std::uint64_t step) {
        constexpr int n = base::template checked<>::scalar_named(decltype(step_number)::hash);
        if constexpr (n >= 0) this->executor_.number[static_cast<std::size_t>(n)] = static_cast<double>(step);
    }
};

HOURGLASS_END

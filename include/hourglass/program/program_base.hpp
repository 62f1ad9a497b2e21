// What function, gradient and trainer share: the compiled graph, its executor, the attached parameters, and binding
// arguments by name. The programs themselves are in program/program.hpp.
#pragma once

#include <hourglass/program/overlap.hpp>

HOURGLASS_BEGIN

// The mistake in a program: first one in the graph, then one in the options, then one in what the program requests of
// the graph.
template <class Spec> struct mistake_in { using type = typename compiled<Spec>::problem; };
template <class Spec>
requires requires { typename Spec::mistake; }
struct mistake_in<Spec> {
    using type = std::conditional_t<lowered<Spec::graph>::value.problem.empty(), typename Spec::mistake,
                                    typename compiled<Spec>::problem>;
};

/// What the three programs share.
template <class Spec> class program_base {
public:
    /// The stages of compilation.
    using compiled_graph = compiled<Spec>;
    /// The type that the program computes in, `float` unless `hg::element` says otherwise.
    using element_type = typename Spec::options::element_type;
    /// The type that a call returns.
    using result = call_result<compiled_graph, element_type>;
    /// The most rows of a call, or of a chunk of it.
    static constexpr long max_rows = Spec::rows;
    /// Whether the program object itself holds the arena: `hg::arena_inside`.
    static constexpr bool inside = Spec::options::template has<arena_inside>;

protected:
    using T = element_type;
    static_assert(check<Spec::graph>);
    static_assert(assert_well_formed<typename mistake_in<Spec>::type>::value);
    static constexpr const auto& schedule = compiled_graph::run_time;
    static constexpr const auto& g = compiled_graph::final_graph::value;

    executor<compiled_graph, T> executor_;

    explicit program_base(thread_limit limit) : executor_(limit) {}

    // Counting processors is a system call, which would be noticeable for small programs created in a loop.
    static thread_limit default_limit() {
        return decltype(executor_)::runs_alone ? thread_limit{} : thread_limit{most_threads}; // all processors
    }

    // Whether rows influence each other. If so, a call cannot be split into chunks.
    static constexpr bool find_coupling() {
        const graph_view whole = compiled_graph::whole::view();
        for (const node& n : whole.nodes)
            if (is<ops::rows>(n)) return true;
        return mixes_rows(whole);
    }
    static constexpr bool couples_rows = find_coupling();

    // Checks the parameters and bindings of a call together; the first mistake is reported.
    template <class... Checks> struct all_of {
        static constexpr text value() {
            text t;
            ((t = t.empty() ? Checks::value() : t), ...);
            return t;
        }
    };
    // Asserts that the checks find no mistake. Returns false if they find one or the program itself is broken.
    template <class... Checks> static constexpr bool well_formed() {
        using asserted = assert_well_formed<all_of<Checks...>>;
        static_assert(asserted::value);
        return asserted::size == 0 && !compiled_graph::broken;
    }

    // The values that live in the parameters and the state, by the hash of their name.
    struct attachment {
        int value = -1;
        std::uint64_t hash = 0;
    };
    static constexpr auto find_attachments() {
        short_list<attachment, compiled_graph::sizes.values> all;
        for (int v = 0; v < compiled_graph::sizes.values; ++v) {
            const stored_value& value = schedule.values[v];
            if (value.storage == storage_kind::parameter || value.storage == storage_kind::state)
                all.push({v, g.names[value.name].hash});
        }
        return all;
    }
    static constexpr auto all_attached = find_attachments();
    static constexpr std::size_t attachments = static_cast<std::size_t>(all_attached.size());
    // Calls f(address, elements) for each attached value.
    void each_attached(auto&& f) const {
        static constexpr auto& all = all_attached;
        for (const attachment& a : all) f(executor_.place[a.value], schedule.values[a.value].type.extents.size());
    }
    void attach(auto& theta) {
        static constexpr auto& all = all_attached;
        for (const attachment& a : all)
            if (auto* found = theta.find(a.hash)) {
                if (executor_.owns(found)) [[unlikely]]
                    refuse_own_memory({});
                executor_.place[a.value] = const_cast<T*>(found);
            }
    }
    template <class... Arguments> using checked = call_check<compiled_graph, T, Arguments...>;

    // Binds one argument and counts the rows. Data is not copied: it must live until the call returns.
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
                    static constexpr value_type type = schedule.values[v].type;
                    std::size_t elements = 1;
                    if constexpr (number_range<Value>) {
                        elements = std::size(a.value);
                        T* const data = const_cast<T*>(std::data(a.value));
                        if (executor_.owns(data)) [[unlikely]]
                            refuse_own_memory(Left::name);
                        executor_.place[v] = data;
                    } else {
                        single_[v] = static_cast<T>(a.value);
                        executor_.place[v] = &single_[v];
                    }
                    if constexpr (type.batched)
                        count.set(rows_in(elements, type, Left::name), Left::name);
                    else if (elements != static_cast<std::size_t>(type.extents.size())) [[unlikely]]
                        refuse_elements(elements, type, Left::name);
                } else if constexpr (s >= 0) {
                    executor_.number[s] = static_cast<double>(a.value);
                }
            }
        }
    }
    // Advances a value bound with a batch axis to the given row.
    template <class Check, class Argument> void move_to(const Argument& a, long first_row) {
        if constexpr (is_binding<Argument>) {
            using Left = typename Argument::left;
            constexpr int v = Check::value_named(Left::hash);
            if constexpr (v >= 0 && number_range<std::remove_cvref_t<decltype(a.value)>>) {
                constexpr value_type type = schedule.values[v].type;
                if constexpr (type.batched)
                    executor_.place[v] = const_cast<T*>(std::data(a.value)) + first_row * type.extents.size();
            }
        }
    }
    static long rows_of(const row_count& count) {
        if constexpr (needs_rows()) count.check();
        return count.rows < 0 ? 1 : count.rows;
    }
    static constexpr bool needs_rows() {
        for (int n = 0; n < compiled_graph::final_graph::sizes.nodes; ++n)
            if (g.nodes[n].type.batched || is<ops::rows>(g.nodes[n])) return true;
        return false;
    }
    static void check_rows(long given, std::string_view what, std::string_view remedy = "fewer rows") {
        if (given > max_rows) [[unlikely]]
            refuse_rows(given, max_rows, what, remedy);
    }

private:
    // Numbers bound to one-element inputs, kept for the duration of the call.
    table<T, compiled_graph::sizes.values> single_;
};

HOURGLASS_END

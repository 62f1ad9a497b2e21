// The programs that users make of a graph: `function`, `gradient` and `trainer`. Each is compiled for its own results
// and has its own arena; parameters are shared. A call binds values by name and returns views of the arena, valid until
// the next call.
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include <hourglass/program/program_base.hpp>

HOURGLASS_BEGIN

/// What `function` and `gradient` share: construction and calls.
template <class Spec> class callable_program : public program_base<Spec> {
    using base = program_base<Spec>;
    using typename base::T;

public:
    using typename base::result;

    /// Takes `hg::threads = n` or `hg::pinned(n)`, and `hg::seed = n`, in any order. Throws `call_error` for an
    /// impossible number of threads.
    template <class... Arguments> explicit callable_program(const Arguments&... arguments)
        : base(threads_or(base::default_limit(), arguments...)) {
        base::template well_formed<construction_check<option_schema_of(Spec::kind), Arguments...>>();
        this->executor_.noise.seed = option_or(decltype(seed)::hash, std::uint64_t{0}, arguments...);
    }
    callable_program(const callable_program&) = delete;
    callable_program(callable_program&&) = delete; // the program holds addresses of its own memory
    callable_program& operator=(const callable_program&) = delete;

    /// Runs the program with parameters `theta` and bindings `symbol = values`. Data is not copied. A call has at most
    /// `max_rows` rows, but any number with `hg::into(symbol, range)`: it then runs in chunks, which requires that rows
    /// are independent. Throws `call_error` if extents or the number of rows do not fit.
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
    /// The same for graphs without parameters and state.
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
            base::check_rows(all, "the program",
                             base::couples_rows ? "fewer rows"
                                                : "fewer rows, or take results by hg::into(symbol, range), which any "
                                                  "number of rows may have");
            this->executor_.template run<flush>(all);
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
                this->executor_.template run<flush>(now);
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
    // Gradients have no destination: per-row gradients must all fit in one chunk.
    static void check_gradients(long all) {
        if constexpr (result::gradient_of_rows >= 0)
            if (all > base::max_rows) [[unlikely]]
                refuse_chunks("the gradient with respect to ", result::name_of_gradient(), all, base::max_rows,
                              message_part::join({"call it with fewer rows at a time, or give the program "
                                                  "hg::max_rows<",
                                                  all, ">"}));
    }
    // Runs before anything is written, so that a destination too small is left unchanged.
    template <class Argument> static void check_destination(const Argument& a, long all) {
        if constexpr (is_destination<Argument>) {
            using Left = typename Argument::left;
            constexpr value_type type = result::template type_of<Left>();
            const auto wanted = static_cast<std::size_t>(type.extents.size() * (type.batched ? all : 1));
            if (std::size(a.range) < wanted) [[unlikely]]
                refuse_destination(Left::name, std::size(a.range), wanted);
        }
    }
    template <class Argument> static void deliver(const Argument& a, const result& out, long first_row) {
        if constexpr (is_destination<Argument>) {
            constexpr value_type type = result::template type_of<typename Argument::left>();
            const std::span<const T> values = out.template contiguous<typename Argument::left>();
            std::copy_n(values.data(), values.size(),
                        std::data(a.range) + (type.batched ? first_row * type.extents.size() : 0));
        }
    }
};

/// Computes values: `hg::function<graph, hg::from<z>, hg::to<xhat>>`. Only what the results need is compiled.
/// The result of a call is indexed by symbol, `out[xhat]`. Options: `hg::from`, `hg::to`, `hg::max_rows`,
/// `hg::element`, `hg::training`, `hg::arena_inside`. A value fed by `hg::from` is not computed.
template <const auto& Graph, class... Options> class function
    : public callable_program<checked_spec<Graph, program_kind::function, no_loss{}, Options...>> {
    using callable_program<checked_spec<Graph, program_kind::function, no_loss{}, Options...>>::callable_program;
};

/// Computes a loss and its gradient: `out[loss]`, `out.gradient(W)`. By default the gradient is with respect to all
/// parameters, of the mean over the rows.
/// `hg::wrt<...>` chooses the symbols; `hg::sum_rows` differentiates the sum over the rows, `hg::per_example` each row
/// on its own. Further options: `hg::from`, `hg::to`, `hg::recompute`, `hg::max_rows`, `hg::element`,
/// `hg::arena_inside`.
template <const auto& Graph, auto Loss, class... Options> class gradient
    : public callable_program<checked_spec<Graph, program_kind::gradient, Loss, Options...>> {
    using callable_program<checked_spec<Graph, program_kind::gradient, Loss, Options...>>::callable_program;
};

/// A compiled training step: forward pass, backward pass and the optimiser's update in one program.
/// Options: the update rule, such as `hg::adam`, and `hg::from`, `hg::to`, `hg::trains`, `hg::recompute`,
/// `hg::max_rows`, `hg::element`, `hg::sum_rows`.
template <const auto& Graph, auto Loss, class... Options> class trainer
    : public program_base<checked_spec<Graph, program_kind::trainer, Loss, Options...>> {
    using base = program_base<checked_spec<Graph, program_kind::trainer, Loss, Options...>>;
    using typename base::T;

public:
    using typename base::result;
    /// The optimiser's own tensors, named after their parameter: `h.weight.first_moment`.
    using optimiser_state =
        tensor_store<tensor_table<typename base::compiled_graph::final_graph, tensors_of::optimiser>, T>;

    /// Takes the parameters, which must outlive the trainer, then `hg::seed = n` for the noise and `hg::threads = n`.
    /// Throws `call_error` for an impossible number of threads.
    template <class... Arguments> explicit trainer(Arguments&&... arguments)
        : base(threads_or(base::default_limit(), arguments...)) {
        using making = construction_check<option_schema::trainer, Arguments...>;
        if constexpr (base::template well_formed<making>()) {
            this->executor_.noise.seed = option_or(decltype(seed)::hash, std::uint64_t{0}, arguments...);
            start(arguments...);
        }
    }
    trainer(trainer&) = delete; // else the constructor above would accept an lvalue
    trainer(const trainer&) = delete;
    trainer(trainer&&) = delete; // the program holds addresses of its own memory
    trainer& operator=(const trainer&) = delete;

    /// Runs one step. Losses in the result are from before the update: means over the rows, or sums with
    /// `hg::sum_rows`. A call that throws `call_error` is not a step.
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
    /// Returns the number of completed steps. The next step depends only on this, the noise seed, the parameters and
    /// the optimiser's tensors.
    std::uint64_t steps() const { return steps_; }
    /// Sets the number of completed steps, to resume training.
    void set_steps(std::uint64_t steps) { steps_ = steps; }
    /// Returns the seed of the noise.
    std::uint64_t noise_seed() const { return this->executor_.noise.seed; }
    /// Sets the seed of the noise.
    void set_noise_seed(std::uint64_t seed_) { this->executor_.noise.seed = seed_; }
    /// Returns the optimiser's tensors.
    optimiser_state& state() { return state_; }
    /// Returns the optimiser's tensors.
    const optimiser_state& state() const { return state_; }

    /// Calls `f(name, view, is_state)` for each tensor of the parameters given to the constructor, in the order in
    /// which the model declares them; includes those that are not trained.
    void for_each_parameter(auto&& f) const {
        for (const auto& [entry, data] : parameters_)
            f(std::string(entry->name), view_at(data, entry->type), entry->is_state);
    }

private:
    struct held_tensor {
        const tensor_entry* entry;
        T* data;
    };
    optimiser_state state_;
    std::vector<held_tensor> parameters_;
    std::uint64_t steps_ = 0;
    std::uintptr_t first_written_ = ~std::uintptr_t{0}, last_written_ = 0;

    template <class Theta, class... Rest> void start(Theta& theta, const Rest&...) {
        if constexpr (base::template well_formed<parameters_check<typename base::compiled_graph, T, Theta>>()) {
            this->attach(state_);
            this->attach(theta); // last: parameters are the model's own
            hold(theta);
            this->each_attached([this](const T* data, long size) {
                const auto first = reinterpret_cast<std::uintptr_t>(data);
                first_written_ = std::min(first_written_, first);
                last_written_ = std::max(last_written_, first + static_cast<std::size_t>(size) * sizeof(T));
            });
        }
    }
    // All tensors of hg::parameters; of a source without a table, the tensors that the model reads.
    template <class Theta> void hold(Theta& theta) {
        const auto add = [&](const auto& entries, int count) {
            for (int i = 0; i < count; ++i)
                if (T* found = theta.find(entries[i].hash)) parameters_.push_back({&entries[i], found});
        };
        if constexpr (requires { Theta::table::entries; })
            add(Theta::table::entries, Theta::table::count);
        else
            add(tensor_table<lowered<Graph>>::entries, tensor_table<lowered<Graph>>::count);
    }
    // A step must not read what it writes: updates do not wait for other readers of the memory.
    template <class Argument> void check_unwritten(const Argument& a) const {
        if constexpr (is_binding<Argument>)
            if constexpr (number_range<std::remove_cvref_t<decltype(a.value)>>) {
                const auto first = reinterpret_cast<std::uintptr_t>(std::data(a.value));
                const std::size_t bytes = std::size(a.value) * sizeof(*std::data(a.value));
                if (first < last_written_ && first_written_ < first + bytes) [[unlikely]]
                    refuse_if_written(Argument::left::name, {{}, std::data(a.value), bytes, 0});
            }
    }
    // The tensors need not be contiguous: other memory may lie between them.
    HOURGLASS_COLD void refuse_if_written(std::string_view name, const bound_memory& given) const {
        this->each_attached([&](const T* data, long size) {
            if (given.overlaps({{}, data, static_cast<std::size_t>(size) * sizeof(T), 0})) refuse_written(name);
        });
    }

    template <class check_type, class... Arguments> result step(const Arguments&... arguments) {
        this->executor_.set_defaults();
        this->executor_.first_example = 0;
        const std::uint64_t number = steps_ + 1; // counted only on completion: a call that throws is not a step
        this->executor_.noise.step = number;
        row_count count;
        set_step(number);
        (this->template bind<check_type>(arguments, count), ...);
        (check_unwritten(arguments), ...);
        const long all = base::rows_of(count);
        base::check_rows(all, "a training step, which is never cut into chunks,");
        this->executor_.template run<true>(all);
        steps_ = number;
        return {this->executor_, all};
    }
    void set_step(std::uint64_t step) {
        constexpr int n = base::template checked<>::scalar_named(decltype(step_number)::hash);
        if constexpr (n >= 0) this->executor_.number[n] = static_cast<double>(step);
    }
};

HOURGLASS_END

// The programs that users make of a graph: function, gradient and trainer. Each is compiled for its own results and
// holds its own arena; parameters are shared. A call binds values by name and returns views of the arena, valid until
// the next call.
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include <hourglass/program/program_base.hpp>

HOURGLASS_BEGIN

template <class Spec> class callable_program : public program_base<Spec> {
    using base = program_base<Spec>;
    using typename base::T;

public:
    using typename base::result;

    // Made with hg::threads = n or hg::pinned(n), and hg::seed = n, in any order. Throws call_error where there cannot
    // be so many threads.
    template <class... Arguments> explicit callable_program(const Arguments&... arguments)
        : base(threads_or(base::default_limit(), arguments...)) {
        base::template well_formed<construction_check<option_schema_of(Spec::kind), Arguments...>>();
        this->executor_.noise.seed = option_or(decltype(seed)::hash, std::uint64_t{0}, arguments...);
    }
    callable_program(const callable_program&) = delete;
    callable_program(callable_program&&) = delete; // the program keeps addresses of its own memory
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
    // Gradients have no destination: those of each row must all fit.
    static void check_gradients(long all) {
        if constexpr (result::gradient_of_rows >= 0)
            if (all > base::max_rows) [[unlikely]]
                refuse_chunks("the gradient with respect to ", result::name_of_gradient(), all, base::max_rows,
                              message_part::join({"call it with fewer rows at a time, or give the program "
                                                  "hg::max_rows<",
                                                  all, ">"}));
    }
    // Before anything is written, so that what does not fit leaves no half of it.
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
        : base(threads_or(base::default_limit(), arguments...)) {
        using making = construction_check<option_schema::trainer, Arguments...>;
        if constexpr (base::template well_formed<making>()) {
            this->executor_.noise.seed = option_or(decltype(seed)::hash, std::uint64_t{0}, arguments...);
            start(arguments...);
        }
    }
    trainer(trainer&) = delete; // for an lvalue the constructor above would be chosen
    trainer(const trainer&) = delete;
    trainer(trainer&&) = delete; // the program keeps addresses of its own memory
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
    // The number of steps done and the seed of the noise: with the parameters and the optimiser's tensors they are all
    // that the next step depends on.
    std::uint64_t steps() const { return steps_; }
    void set_steps(std::uint64_t steps) { steps_ = steps; }
    std::uint64_t noise_seed() const { return this->executor_.noise.seed; }
    void set_noise_seed(std::uint64_t seed_) { this->executor_.noise.seed = seed_; }
    optimiser_state& state() { return state_; }
    const optimiser_state& state() const { return state_; }

    // Calls f(name, view, is_state) for each tensor of the parameters that the trainer was made with, those that it
    // does not train included, in the order in which the model declares them.
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
    // All of what hg::parameters holds; of a source that has no table, what the model reads of it.
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
    // What a step reads must not be what it writes: updates do not wait for each other's readers.
    template <class Argument> void check_unwritten(const Argument& a) const {
        if constexpr (is_binding<Argument>)
            if constexpr (number_range<std::remove_cvref_t<decltype(a.value)>>) {
                const auto first = reinterpret_cast<std::uintptr_t>(std::data(a.value));
                const std::size_t bytes = std::size(a.value) * sizeof(*std::data(a.value));
                if (first < last_written_ && first_written_ < first + bytes) [[unlikely]]
                    refuse_if_written(Argument::left::name, {{}, std::data(a.value), bytes, 0});
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

// Lowering: makes nodes of a graph's equations, which are types. Infers shapes and finds mistakes, one equation at a
// time, so that a message can name the equation. What a program needs of the result is selected later
// (passes/select.hpp).
#pragma once

#include <boost/hana/for_each.hpp>
#include <boost/hana/unpack.hpp>

#include <hourglass/lowering/block.hpp>
#include <hourglass/scan/open_scan.hpp>

HOURGLASS_BEGIN

class lowering {
    graph_builder& graph_;
    naming place_{};
    std::uint64_t prefix_hash_ = 0;
    slice_of<equation_outline> outlines_{};
    int position_ = 0; // of the equation being lowered
    known_blocks own_blocks_;
    open_scan* scan_ = nullptr;           // the scan whose body is being lowered
    known_blocks* blocks_ = &own_blocks_; // of the whole graph: a block's lowering shares those of the one around it

public:
    constexpr explicit lowering(graph_builder& g, std::string_view prefix = {})
        : graph_(g), prefix_hash_(hash_of(prefix)) {
        place_.prefix = prefix;
    }
    lowering(const lowering&) = delete;
    lowering& operator=(const lowering&) = delete;

    template <class... Equations> constexpr void run(const graph<Equations...>& g) {
        const equation_outline outlines[] = {outline<Equations>::value..., equation_outline{}};
        const slice_of<equation_outline> outer_outlines = outlines_;
        const int outer_position = position_;
        outlines_ = {outlines, static_cast<int>(sizeof...(Equations))};
        position_ = 0;
        boost::hana::unpack(g.equations, [this](const auto&... e) {
            const bool done[] = {this->lower_equation(e)..., true};
            static_cast<void>(done);
        });
        outlines_ = outer_outlines;
        position_ = outer_position;
    }
    // Makes a name stand for an existing node.
    constexpr void define(std::string_view name, int node_) { graph_.names[intern(name, hash_of(name))].node = node_; }

private:
    // Names layers and noise in the following after the equation. Returns the place around it.
    template <class Left, class Right> constexpr naming begin() {
        const naming outer = place_;
        place_.equation = Left::name;
        place_.layers = layer_count<Right>;
        place_.noises = noise_count<Right>;
        place_.next_layer = place_.next_noise = 0;
        return outer;
    }
    template <class Left, class Right> constexpr bool lower_equation(const equation<Left, Right>& e) {
        if (graph_.failed()) return false;
        const naming outer = begin<Left, Right>();
        const int known = graph_.nodes.size(), known_names = graph_.names.size();
        int name = -1;
        if constexpr (Left::kind == leaf_kind::symbol) {
            name = intern(Left::name, Left::hash);
            if (graph_.names[name].node >= 0) fail_taken(name, Left::hash);
        } else {
            graph_.fail(sentence(
                "'", Left::name, "' is ", name_of(Left::kind),
                ", and only a symbol can stand on the left of an equation: what it is comes from outside the graph"));
        }
        const handle result = lower(e.right);
        if (!graph_.failed()) graph_.names[name].node = own_node(result, known, known_names).index;
        return finish(outer);
    }
    constexpr bool lower_equation(const not_an_equation&) {
        ++position_;
        graph_.fail(sentence("entry number ", position_, " of the graph is no equation: write symbol = expression"));
        return named_problem_ = true;
    }
    // next(m) = ...: the value of m after a training step.
    template <class Left, class Right> constexpr bool lower_equation(const equation<next_of<Left>, Right>& e) {
        if (graph_.failed()) return false;
        const naming outer = begin<Left, Right>();
        const handle target = lower(e.of);
        if (!graph_.failed() && scan_ != nullptr)
            lower_carried<Left>(target, e.right);
        else
            lower_next<Left>(target, e.right);
        return finish(outer);
    }
    // In the body of a scan: the next value of one of its states.
    template <class Left> constexpr void lower_carried(handle target, const auto& right) {
        const int carried = scan_->state(target.index);
        if (carried < 0)
            graph_.fail(sentence("next of '", Left::name, "', which is ", name_of(Left::kind),
                                 ": the body of a scan writes only what the scan carries; an hg::state is written "
                                 "outside of it"));
        const handle value = lower(right);
        if (!graph_.failed()) scan_->set_next(carried, value);
    }
    template <class Left> constexpr void lower_next(handle target, const auto& right) {
        if (!graph_.failed() &&
            !(is<ops::state>(target.at()) || (Left::kind == leaf_kind::symbol && is<ops::parameter>(target.at()))))
            graph_.fail(sentence("next of '", Left::name, "', which is ", name_of(Left::kind),
                                 ": only an hg::state has a next value"));
        for (const graph_root& r : graph_.roots)
            if (!graph_.failed() && r.kind == root_kind::update && r.name == target.at().name)
                graph_.fail(sentence("next of '", Left::name, "' is given twice"));
        const handle result = lower(right);
        if (!graph_.failed()) add_update(target, result);
    }
    static constexpr text with_article(std::string_view noun) {
        return sentence(noun.starts_with("i") || noun.starts_with("a") || noun.starts_with("e") ? "an " : "a ", noun);
    }
    // Reports that the left side of an equation has a value already.
    constexpr void fail_taken(int name, std::uint64_t hash) {
        for (int i = 0; i < position_; ++i)
            if (outlines_[i].hash == hash && !outlines_[i].is_next) {
                graph_.fail(sentence("'", graph_.name(name), "' is defined twice, by the equations number ", i + 1,
                                     " and ", position_ + 1, ": give one of them another name"));
                return;
            }
        const node& n = graph_.nodes[graph_.names[name].node];
        if (n.name == name)
            graph_.fail(sentence("'", graph_.name(name), "' has an equation, but is the name of ",
                                 with_article(n.op->name), " too: give one of them another name"));
        else
            graph_.fail(sentence("'", graph_.name(name), "' has an equation, but a value is bound to it too"));
    }
    constexpr void add_update(handle target, handle result) {
        shape joined;
        if (result.batched())
            graph_.fail(sentence(
                "next of '", graph_.name(target.at().name),
                "' differs between examples, but there is one state for all of them: take batch_mean or batch_sum "
                "of it"));
        else if (!broadcast(result.extents(), target.extents(), joined) || !(joined == target.extents()))
            graph_.fail(sentence("next of '", graph_.name(target.at().name), "' has the shape ", result.extents(),
                                 ", but '", graph_.name(target.at().name), "' has the shape ", target.extents()));
        else
            graph_.roots.push({root_kind::update, target.at().name, filled(result, target.type()).index});
    }
    constexpr bool finish(const naming& outer) {
        if (graph_.failed() && !named_problem_) {
            text t = sentence("in equation '", place_.prefix, place_.equation, "': ");
            t.add(graph_.problem.view());
            graph_.problem = t;
            named_problem_ = true;
        }
        place_ = outer;
        ++position_;
        return true;
    }
    bool named_problem_ = false;
    // The hash of a name with the prefix before it.
    constexpr std::uint64_t full_hash(std::string_view name, std::uint64_t hash) const {
        return place_.prefix.empty() ? hash : hash_of(name, prefix_hash_);
    }
    constexpr int intern(std::string_view name, std::uint64_t hash) {
        return place_.prefix.empty() ? graph_.intern(name, hash)
                                     : graph_.intern(place_.prefix, name, full_hash(name, hash));
    }
    constexpr handle at(int node_) { return {&graph_, &place_, node_}; }
    // Gives a result that shares its node with another name a node of its own, so that cutting one does not cut the
    // other.
    constexpr handle own_node(handle result, int known, int known_names) {
        bool shares = result.index < known || (result.at().name >= 0 && !is<ops::noise>(result.at()));
        for (int i = known_names; i < graph_.names.size() && !is<ops::noise>(result.at()); ++i)
            shares = shares || graph_.names[i].node == result.index;
        if (!shares) return result;
        ops::broadcast_to same;
        same.options = {result.extents()};
        return result.trace(same, result);
    }
    constexpr handle lower(const literal& x) { return at(graph_.push_literal(x.value)); }

    template <class Mistake> constexpr handle lower(const mistaken<Mistake>&) {
        graph_.fail(Mistake::problem());
        return at(0);
    }

    template <class Leaf>
    requires named_leaf<Leaf>
    constexpr handle lower(const Leaf& leaf) {
        if (graph_.failed()) return at(0);
        if constexpr (Leaf::kind == leaf_kind::symbol)
            return lower_symbol(Leaf::name, Leaf::hash);
        else if constexpr (Leaf::kind == leaf_kind::input)
            return declare(&record<ops::input>, graph_.intern(Leaf::name, Leaf::hash), {Leaf::extents(), true});
        else if constexpr (Leaf::kind == leaf_kind::argument)
            return declare(&record<ops::argument>, graph_.intern(Leaf::name, Leaf::hash), {Leaf::extents(), false});
        else if constexpr (Leaf::kind == leaf_kind::parameter)
            return declare(&record<ops::parameter>, intern(Leaf::name, Leaf::hash), {Leaf::extents(), false}, 0,
                           leaf.start);
        else if constexpr (Leaf::kind == leaf_kind::state)
            return declare(&record<ops::state>, intern(Leaf::name, Leaf::hash), {Leaf::extents(), false}, 0,
                           constant(leaf.initial));
        else if constexpr (Leaf::kind == leaf_kind::slot)
            return declare_slot(intern(Leaf::name, Leaf::hash));
        else
            return declare(&record<ops::scalar>, graph_.intern(Leaf::name, Leaf::hash), {}, leaf.initial);
    }
    template <class Leaf> constexpr handle lower(const next_of<Leaf>& n) {
        const handle target = lower(n.of);
        if (const int carried = scan_ == nullptr || graph_.failed() ? -1 : scan_->state(target.index); carried >= 0)
            if (scan_->next(carried) >= 0) return at(scan_->next(carried));
        for (int i = graph_.roots.size() - 1; i >= 0 && !graph_.failed(); --i)
            if (graph_.roots[i].kind == root_kind::update && graph_.roots[i].name == target.at().name)
                return at(graph_.roots[i].node);
        graph_.fail(sentence("next of '", Leaf::name, "' is used before the equation that gives it"));
        return target;
    }
    template <class Op, class... A> constexpr handle lower(const applied<Op, A...>& e) {
        return boost::hana::unpack(e.operands, [&](const auto&... a) {
            const handle operands[] = {this->lower(a)...}; // in order, innermost first: layers are numbered so
            if (graph_.failed()) return this->at(0);
            return [&]<std::size_t... I>(std::index_sequence<I...>) {
                return operands[0].trace(e.operation, operands[I]...);
            }
            (std::make_index_sequence<sizeof...(A)>{});
        });
    }
    template <fixed_string Prefix, class Inner, class Result, class... Formals>
    constexpr handle lower(const block_result<Prefix, Inner, Result, Formals...>& b) {
        const text prefix = sentence(place_.prefix, Prefix.view(), ".");
        text problem;
        const block_use<Inner, Formals...>& use = b;
        const bool known = blocks_->meet(hash_of(prefix.view()), Prefix.view(), use, problem);
        if (!problem.empty()) graph_.fail(problem);
        if (!known && !graph_.failed()) {
            boost::hana::unpack(b.formals, [&](const auto&... formal) {
                const bool done[] = {this->bind_formal(prefix, formal)..., true};
                static_cast<void>(done);
            });
            if (!graph_.failed()) { lower_block(prefix, b.inner, scan_); }
        }
        if (graph_.failed()) return at(0);
        const int found = find_within(prefix, Result::name);
        if (found < 0) {
            graph_.fail(sentence("the block '", Prefix.view(), "' has no symbol '", Result::name,
                                 "' to give: no equation of it has this name"));
            return at(0);
        }
        return at(found);
    }
    // The node of a name within the block or scan of this prefix, or -1.
    constexpr int find_within(const text& prefix, std::string_view name) const {
        const int found = graph_.by_name.find(hash_of(sentence(prefix.view(), name).view()));
        return found < 0 ? -1 : graph_.names[found].node;
    }
    template <class Inner> constexpr void lower_block(const text& prefix, const Inner& block, open_scan* scan) {
        lowering inner(graph_, prefix.view());
        inner.blocks_ = blocks_;
        inner.scan_ = scan;
        inner.place_.in_scan = scan != nullptr;
        inner.run(block);
        named_problem_ = named_problem_ || graph_.failed();
    }
    template <fixed_string Prefix, class Use, class Result, scan_moment Moment>
    constexpr handle lower(const scan_result<Prefix, Use, Result, Moment>& s) {
        const text prefix = sentence(place_.prefix, Prefix.view(), ".");
        const std::uint64_t hash = hash_of(prefix.view());
        text problem;
        const bool known = blocks_->meet(hash, Prefix.view(), static_cast<const Use&>(s), problem);
        if (!problem.empty()) graph_.fail(problem);
        if (!known && !graph_.failed()) lower_scan(prefix, Prefix.view(), static_cast<const Use&>(s));
        if (graph_.failed()) return at(0);
        const int found = find_within(prefix, Result::name);
        if (found < 0) {
            graph_.fail(sentence("the body of the scan '", Prefix.view(), "' has no symbol '", Result::name,
                                 "' to give: no equation of it has this name, and nothing is passed by it"));
            return at(0);
        }
        return take_of_scan(at(blocks_->scan_node(hash)), at(found), Moment, Result::name);
    }
    template <class Body, int Steps, bool Backwards, int Every, class... Arguments>
    constexpr void lower_scan(const text& prefix, std::string_view name,
                              const scan_use<Body, Steps, Backwards, Every, Arguments...>& use) {
        open_scan scan(graph_, name, Steps, Backwards, Every);
        const auto each = [&](const auto& formals, auto take) {
            boost::hana::for_each(formals, [&]<class Left, class Right>(const equation<Left, Right>& f) {
                const handle actual = graph_.failed() ? this->at(0) : this->lower(f.right);
                if (!graph_.failed()) take(graph_.intern(sentence(prefix.view(), Left::name).view()), actual);
            });
        };
        each(use.same, [&](int formal, handle actual) {
            graph_.names[formal].node = actual.index;
            scan.depends_on(actual);
        });
        each(use.along, [&](int formal, handle actual) { scan.add_sequence(formal, actual); });
        each(use.carried, [&](int formal, handle actual) { scan.add_state(formal, actual); });
        if (reads_input<Body>) scan.depends_on_rows();
        if (!graph_.failed()) scan.begin();
        if (!graph_.failed()) lower_block(prefix, use.body, &scan);
        if (graph_.failed()) return;
        blocks_->scan_node(hash_of(prefix.view())) = scan.close();
        blocks_->in_bodies = bodies_within(graph_, 0, graph_.nodes.size() - 1);
    }
    template <class Left, class Right> constexpr bool bind_formal(const text& prefix, const equation<Left, Right>& f) {
        const handle actual = lower(f.right);
        if (graph_.failed()) return false;
        graph_.names[graph_.intern(sentence(prefix.view(), Left::name).view())].node = actual.index;
        return true;
    }

    constexpr handle lower_symbol(std::string_view name, std::uint64_t hash) {
        const int found = graph_.by_name.find(full_hash(name, hash));
        if (found >= 0 && graph_.names[found].node >= 0) {
            if (const int n = graph_.names[found].node; n < blocks_->in_bodies.size() && blocks_->in_bodies[n])
                graph_.fail(sentence("'", name,
                                     "' lies in the body of a scan, where it has a value for each step: take "
                                     "it of the scan, scan<...>(...)[symbol]"));
            return at(graph_.names[found].node);
        }
        const text full = sentence(place_.prefix, name);
        for (int i = 0; i < outlines_.size; ++i) {
            if (outlines_[i].hash != hash || outlines_[i].is_next) continue;
            if (i == position_)
                graph_.fail(
                    sentence("'", full.view(),
                             "' is computed from itself: what is carried from one training step to the next is an "
                             "hg::state, written by next(...)"));
            else if (const list<int> cycle = way(outlines_, i, position_); !cycle.empty())
                fail_cycle(cycle.view());
            else
                graph_.fail(sentence("'", full.view(), "' is used before its equation: move the equation of '", name,
                                     "' above this one"));
            return at(0);
        }
        // A block also reaches leaves without an equation by their full name: "h.weight", say, which has no C++ object.
        const int around = place_.prefix.empty() ? -1 : graph_.by_name.find(hash);
        const int outer = around < 0 ? -1 : graph_.names[around].node;
        if (outer >= 0 && graph_.nodes[outer].name == around) return at(outer);
        text t =
            sentence("the symbol '", full.view(), "' is unknown: no equation defines it, ",
                     place_.prefix.empty() ? "and no layer above this one declares it" : "and nothing is bound to it");
        if (outer >= 0)
            t.add(sentence("; the block does not see the equation '", name,
                           "' outside of it unless it is passed: use<...>(..., ", name, " = ", name, ")"));
        graph_.fail(t);
        return at(0);
    }
    constexpr void fail_cycle(slice_of<int> cycle) {
        text t = sentence("the equations form a cycle: '", outlines_[position_].name, "' needs ");
        for (int i : cycle) t.add(i == cycle[0] ? "" : ", which needs ").quote(outlines_[i].name);
        graph_.fail(t);
    }
    constexpr handle declare(const operation* op, int name, const value_type& type, double number = 0,
                             initialiser start = {}) {
        const int known = graph_.names[name].node;
        if (known < 0) {
            if (const text problem = misshapen(type.extents); !problem.empty()) {
                graph_.fail(sentence("the ", op->name, " '", graph_.name(name), "' ", problem));
                return at(0);
            }
            attributes options;
            options.number = number;
            const int n = graph_.push_leaf(op, name, type, options);
            graph_.names[name].node = n;
            if (op->id == id_of<ops::parameter> || op->id == id_of<ops::state>) graph_.starts.push({name, start});
            return at(n);
        }
        const node& n = graph_.nodes[known];
        if (n.op->id == id_of<ops::fed>) return at(known);
        if (n.op->id != op->id || n.name != name)
            graph_.fail(sentence("'", graph_.name(name), "' is declared as ", with_article(op->name),
                                 ", but is the name of ", with_article(n.name == name ? n.op->name : "equation"),
                                 " too: give one of them another name"));
        else if (!(n.type == type))
            graph_.fail(sentence("the ", op->name, " '", graph_.name(name), "' is declared with two shapes, ",
                                 n.type.extents, " and ", type.extents));
        else if (n.options.number != number)
            graph_.fail(sentence("the ", op->name, " '", graph_.name(name), "' is declared with two defaults, ",
                                 n.options.number, " and ", number));
        return at(known);
    }
    constexpr handle declare_slot(int name) {
        const int known = graph_.starts.size();
        const handle result = declare(&record<ops::state>, name, {slot_extents(), false}, 0, zeros);
        if (graph_.starts.size() > known) graph_.starts.back().is_slot = true;
        return result;
    }
    // A slot is shaped like the parameter that its rule updates.
    constexpr shape slot_extents() {
        const int weight = graph_.by_name.find(full_hash("#weight", 0));
        return weight < 0 ? shape{} : graph_.nodes[graph_.names[weight].node].type.extents;
    }
};

HOURGLASS_END

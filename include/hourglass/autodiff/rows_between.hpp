// Whether a row of some value between x and y affects another row. If so, no row of y has a derivative of its own.
#pragma once

#include <hourglass/autodiff/gradient_paths.hpp>
#include <hourglass/scan/carried_states.hpp>

HOURGLASS_BEGIN

class rows_between {
    const graph_builder& g_;
    int x_;
    list<bool> part_,
        depends_; // by node: whether y depends on it, and whether it depends on x, both differentiably

public:
    constexpr rows_between(const graph_builder& g, int y, int x)
        : g_(g), x_(x), part_(reached_by_gradient(g, y)), depends_(y + 1) {
        depends_[x] = true;
        for (int n = x + 1; n <= y; ++n)
            for (int i = 0; i < g.nodes[n].operand_count; ++i)
                depends_[n] = depends_[n] || (depends_[g.operand(n, i)] && has_derivative(g.nodes[n], i));
    }
    constexpr bool are_mixed() const {
        for (int n = 0; n < part_.size(); ++n) {
            if (!part_[n] || n == x_) continue;
            if (is_scan(g_.nodes[n]) ? body_mixes(n) : depends_[n] && mixes_rows(g_, n)) return true;
        }
        return false;
    }

private:
    // Whether rows mix on any path through the steps.
    constexpr bool body_mixes(int scan) const {
        const list<bool> body = needed_of_body(g_.view(), scan_bodies(g_.view()), scan, &part_);
        bool any = false;
        for (int n = 0; n < scan; ++n) any = any || (body[n] && mixes_rows(g_, n));
        if (!any) return false;
        const auto around = [this](int n) { return depends_[n] ? flow::of_rows : flow::none; };
        const carried_states moved(scan_parts(g_, scan), body, around, has_derivative);
        for (int n = 0; n < scan; ++n)
            for (int i = 0; body[n] && mixes_rows(g_, n) && i < g_.nodes[n].operand_count; ++i)
                if (moved.moves(g_.operand(n, i)) && has_derivative(g_.nodes[n], i)) return true;
        return false;
    }
};

HOURGLASS_END

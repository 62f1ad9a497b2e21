// Of which states a program keeps only every k-th: the states before each step of a scan with `hg::keep_every<k>`, if
// the scan that reads them can rematerialise the steps in between. Gives k for each stacked value, or 0 if all are
// kept.
#pragma once

#include <hourglass/scan/body.hpp>

HOURGLASS_BEGIN

class kept_states {
    graph_view g_;
    const scan_bodies& bodies_;

public:
    constexpr kept_states(const graph_view& g, const scan_bodies& bodies) : g_(g), bodies_(bodies) {}

    // Returns k if only scans in the opposite direction read the states of n's scan, step by step, and every state that
    // a step reads can be restored.
    constexpr int every(int n) const {
        if (!is_checkpoint(n)) return 0;
        const scan_parts scan(g_, g_.operand(n, 0));
        list<bool> checkpoints(g_.nodes.size), restored(scan.states);
        for (int m = scan.at + 1; m < g_.nodes.size; ++m) {
            if (!is_checkpoint(m) || g_.operand(m, 0) != scan.at) continue;
            if (!is_step(g_[g_.operand(m, 1)])) return 0;
            checkpoints[m] = true;
            restored[state_of(g_.operand(m, 1))] = true;
        }
        const bool possible = are_read_backwards_only(scan, checkpoints) && are_read_alone(scan, checkpoints) &&
                              steps_read_only(scan, restored);
        return possible ? asked_every(n) : 0;
    }

private:
    constexpr int asked_every(int n) const { return ops::kept_steps::of(g_[n].options).every; }
    constexpr bool is_checkpoint(int n) const { return is_stacked(g_[n]) && asked_every(n) != 0; }
    constexpr int state_of(int leaf) const { return ops::step_value::of(g_[leaf].options).which; }

    // Whether only scans in the same body and in the opposite direction read the states, as sequences.
    constexpr bool are_read_backwards_only(const scan_parts<graph_view>& scan, const list<bool>& checkpoints) const {
        for (const graph_root& r : g_.roots)
            if (checkpoints[r.node]) return false;
        for (int m = scan.at + 1; m < g_.nodes.size; ++m)
            for (int i = 0; i < g_[m].operand_count; ++i) {
                if (!checkpoints[g_.operand(m, i)]) continue;
                if (!is_scan(g_[m]) || bodies_[m] != bodies_[scan.at]) return false;
                const scan_parts reader(g_, m);
                if (i < 2 * reader.states || reader.backwards == scan.backwards) return false;
            }
        return true;
    }
    // Whether no reader also has checkpoints of another scan: a reader can redo the steps of one scan only.
    constexpr bool are_read_alone(const scan_parts<graph_view>& scan, const list<bool>& checkpoints) const {
        for (int m = scan.at + 1; m < g_.nodes.size; ++m) {
            bool reads = false, reads_others = false;
            for (int i = 0; is_scan(g_[m]) && i < g_[m].operand_count; ++i) {
                const int from = g_.operand(m, i);
                reads = reads || checkpoints[from];
                reads_others = reads_others || (is_checkpoint(from) && g_.operand(from, 0) != scan.at);
            }
            if (reads && reads_others) return false;
        }
        return true;
    }
    // Whether a step reads only states that are kept.
    constexpr bool steps_read_only(const scan_parts<graph_view>& scan, const list<bool>& restored) const {
        const list<bool> needed = needed_of_body(g_, bodies_, scan.at);
        for (int m = 0; m < scan.at; ++m)
            if (needed[m] && scan.has_leaf(m) && ops::step_value::of(g_[m].options).is_state() &&
                !restored[state_of(m)])
                return false;
        return true;
    }
};

HOURGLASS_END

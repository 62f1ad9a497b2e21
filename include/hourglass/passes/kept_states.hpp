// Of which states a program keeps only every k-th: those before the steps of a scan under hg::keep_every<k>, where the
// scan that reads them can do the steps between them again. For each stacked value that is asked about, either such a
// k, or 0: all are kept.
#pragma once

#include <hourglass/scan/body.hpp>

HOURGLASS_BEGIN

class kept_states {
    graph_view g_;
    const scan_bodies& bodies_;

public:
    constexpr kept_states(const graph_view& g, const scan_bodies& bodies) : g_(g), bodies_(bodies) {}

    // Of a node, where nothing but scans that run the other way read its scan's states, step by step, and all that a
    // step reads can be had again.
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

    // By a scan beside this one, which runs the other way, as its sequences; by nothing else.
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
    // A scan that reads states of two scans has both whole: it does the steps of one scan again.
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
    // A step reads no states but those that are kept.
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

// What tests of tables share: the leaves of an expression, named by a letter each, as a row of a table gives them.
#pragma once

#include "autodiff/gradient_check.hpp"

namespace table_leaves {

using namespace gradient_check;

struct input {
    char name;
    std::vector<int> extents;
    numbers values;
};

// The leaves of an expression; those that it does not use are handles on nothing.
struct leaves {
    hg::graph_builder g;
    std::vector<int> nodes;
    const std::vector<input>& inputs;

    explicit leaves(const std::vector<input>& given) : inputs(given) {
        for (const input& i : inputs) {
            hg::value_type type;
            for (int e : i.extents) type.extents[type.extents.rank++] = e;
            nodes.push_back(push_leaf(g, hg::sentence(std::string_view(&i.name, 1)), type).index);
        }
    }
    hg::handle operator()(char name) {
        for (std::size_t i = 0; i < inputs.size(); ++i)
            if (inputs[i].name == name) return {&g, nullptr, nodes[i]};
        return {&g, nullptr, -1};
    }
};

}

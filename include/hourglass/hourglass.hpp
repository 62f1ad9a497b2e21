// Everything that a model and its training need. Files, data sets and pictures are in data/ and io/, which are
// compiled. Interpreters and pictures of graphs are in inspect/inspect.hpp, inspect/graphviz.hpp and
// inspect/mermaid.hpp: few programs want them, and they would be a tenth of what this header costs. Distributions that
// few models have are in probability/distributions.hpp, with the mathematics that only they need.
#pragma once

// First, so that a message from it stands under a short list of includes.
#include <hourglass/ir/diagnostic.hpp>

#include <hourglass/autodiff/derivatives.hpp>
#include <hourglass/expr/declare.hpp>
#include <hourglass/inspect/evaluate.hpp>
#include <hourglass/inspect/print.hpp>
#include <hourglass/inspect/sparsity.hpp>
#include <hourglass/inspect/summary.hpp>
#include <hourglass/inspect/variance.hpp>
#include <hourglass/nn/dense.hpp>
#include <hourglass/nn/losses.hpp>
#include <hourglass/ops/triangular.hpp>
#include <hourglass/optim/rules.hpp>
#include <hourglass/optim/schedules.hpp>
#include <hourglass/probability/discrete.hpp>
#include <hourglass/probability/estimators.hpp>
#include <hourglass/probability/likelihoods.hpp>
#include <hourglass/probability/location_scale.hpp>
#include <hourglass/probability/normal.hpp>
#include <hourglass/program/program.hpp>
#include <hourglass/special/gamma.hpp>

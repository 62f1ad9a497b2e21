// Everything that a model and its training need. Not included: files, data sets and pictures, which are compiled (data/
// and io/); interpreters and pictures of graphs (inspect/inspect.hpp, inspect/graphviz.hpp, inspect/mermaid.hpp), which
// few programs need and which would add a tenth to the cost of this header; rare distributions and their mathematics
// (probability/distributions.hpp).
#pragma once

// First, so that a message from it appears below a short list of includes.
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

// Everything that a model and its training need. Files, data sets and pictures are in data/ and io/, which are
// compiled.
#pragma once

// First, so that a message from it stands under a short list of includes.
#include <hourglass/graph/diagnostic.hpp>

#include <hourglass/expr/declare.hpp>
#include <hourglass/graph/graphviz.hpp>
#include <hourglass/graph/mermaid.hpp>
#include <hourglass/graph/print.hpp>
#include <hourglass/nn/dense.hpp>
#include <hourglass/nn/derivatives.hpp>
#include <hourglass/nn/distributions.hpp>
#include <hourglass/nn/estimators.hpp>
#include <hourglass/nn/likelihoods.hpp>
#include <hourglass/nn/losses.hpp>
#include <hourglass/nn/sparsity.hpp>
#include <hourglass/optim/rules.hpp>
#include <hourglass/optim/schedules.hpp>
#include <hourglass/program/evaluate.hpp>
#include <hourglass/program/inspect.hpp>
#include <hourglass/program/program.hpp>
#include <hourglass/program/summary.hpp>
#include <hourglass/program/variance.hpp>

#include "hourglass/data/statistics.hpp"

#include "support/folder.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

namespace data = hourglass::data;
using namespace hourglass_test;

namespace {

using numbers = std::vector<double>;
using floats = std::vector<float>;
using labels = std::vector<std::uint8_t>;

#define UNPACK(...) __VA_ARGS__

struct quantile_row {
    numbers values;
    double q, answer;
};
const std::vector<quantile_row> quantiles{
#define QUANTILE(values, q, answer) {UNPACK values, q, answer},
#define SCORES(scores, labels, area, precision)
#include "tables/statistics.inc"
#undef QUANTILE
#undef SCORES
};

struct scores_row {
    numbers scores;
    labels classes;
    double area, precision;
};
const std::vector<scores_row> scores{
#define QUANTILE(values, q, answer)
#define SCORES(scores, labels, area, precision) {UNPACK scores, UNPACK labels, area, precision},
#include "tables/statistics.inc"
#undef QUANTILE
#undef SCORES
};

template <class Action> std::string said(Action&& action) { return message_of<data::error>(action); }

constexpr double infinity = std::numeric_limits<double>::infinity();

}

TEST_CASE("quantiles are NumPy's") {
    REQUIRE(quantiles.size() == 40);
    for (const quantile_row& row : quantiles) {
        CAPTURE(row.values.size());
        CAPTURE(row.q);
        CHECK(data::quantile(row.values, row.q) == row.answer);
        const floats narrow(row.values.begin(), row.values.end());
        CHECK(data::quantile(narrow, row.q) == doctest::Approx(row.answer).epsilon(1e-6));
    }
}

TEST_CASE("areas and average precisions are scikit-learn's, ties included") {
    REQUIRE(scores.size() == 14);
    for (const scores_row& row : scores) {
        CAPTURE(row.scores.size());
        CHECK(data::auroc(row.scores, row.classes) == doctest::Approx(row.area).epsilon(1e-14));
        CHECK(data::average_precision(row.scores, row.classes) == doctest::Approx(row.precision).epsilon(1e-14));
        const floats narrow(row.scores.begin(), row.scores.end()); // of eighths: exact
        CHECK(data::auroc(narrow, row.classes) == data::auroc(row.scores, row.classes));
        CHECK(data::average_precision(narrow, row.classes) == data::average_precision(row.scores, row.classes));
    }
}

TEST_CASE("statistics at the ends: perfect scores, scores turned round, scores that say nothing, infinities") {
    const numbers up{1, 2, 3, 4};
    CHECK(data::auroc(up, labels{0, 0, 1, 1}) == 1);
    CHECK(data::auroc(up, labels{1, 1, 0, 0}) == 0);
    CHECK(data::auroc(numbers{5, 5, 5, 5}, labels{1, 0, 0, 0}) == 0.5);
    CHECK(data::average_precision(up, labels{0, 0, 1, 7}) == 1);
    CHECK(data::average_precision(numbers{5, 5, 5, 5}, labels{1, 0, 0, 0}) == 0.25);
    CHECK(data::auroc(numbers{-infinity, 0, infinity}, labels{0, 0, 1}) == 1);
    CHECK(data::quantile(numbers{1, infinity}, 0.25) == infinity);
    CHECK(data::quantile(numbers{-infinity, 1}, 0.25) == -infinity);
    CHECK(data::quantile(numbers{-1.5e308, 1.5e308}, 0.5) == 0);
    CHECK(data::quantile(numbers{1, 2, infinity}, 0.5) == 2);
}

TEST_CASE("statistics of what they cannot be of are errors in words") {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    CHECK(said([] { data::quantile(numbers{}, 0.5); }) == "quantile: expected at least 1 value, found none");
    CHECK(said([&] {
              data::quantile(numbers{1, nan}, 0.5);
          }) == "quantile: expected numbers, found NaN at place 1 (counted from 0)");
    for (const double q : {-0.1, 1.1, 99.0, nan})
        CHECK(
            said([&] { data::quantile(numbers{1}, q); }).starts_with("quantile: expected a share from 0 to 1, found"));
    CHECK(said([] {
              data::auroc(numbers{1, 2}, labels{1});
          }) == "auroc: expected a label for each score, found 2 scores and 1 labels");
    CHECK(said([] { data::auroc(numbers{}, labels{}); }) ==
          "auroc: expected examples of both classes, found 0 positive and 0 negative ones");
    CHECK(said([] {
              data::auroc(numbers{1, 2}, labels{1, 1});
          }) == "auroc: expected examples of both classes, found 2 positive and 0 negative ones");
    CHECK(said([] {
              data::average_precision(numbers{1, 2}, labels{0, 0});
          }) == "average_precision: expected examples of both classes, found 0 positive and 2 negative ones");
    CHECK(said([&] {
              data::average_precision(numbers{nan, 2}, labels{0, 1});
          }) == "average_precision: expected numbers, found NaN at place 0 (counted from 0)");
}

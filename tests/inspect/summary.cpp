// hg::summary: what it says of a model and of what a step costs, against counts by hand.
#include <doctest/doctest.h>

#include <hourglass/hourglass.hpp>

namespace hg = hourglass;

namespace {

namespace small_model {
inline constexpr hg::input<"x", 5> x;
inline constexpr hg::input<"target", 2> target;
inline constexpr hg::scalar<"price"> price{0.5};
HOURGLASS_SYMBOLS(h, y, error, loss);
inline constexpr hg::graph model{
    h = tanh(hg::dense<3>(x)),
    y = hg::dense<2>(h),
    error = squared_error(y, target),
    loss = error + price * l2(h),
};
}

namespace without_rows {
inline constexpr hg::argument<"t", 4> t;
HOURGLASS_SYMBOLS(s, e);
inline constexpr hg::graph model{s = exp(t), e = sum(s)};
}

namespace counting {
inline constexpr hg::input<"x", 7, 2> x;
HOURGLASS_SYMBOLS(u, total, all);
inline constexpr hg::graph step{next(total) = total + u};
inline constexpr hg::graph model{
    all = hg::scan<"sum">(step, hg::along(u = x), hg::carry(total = hg::broadcast_to<2>(0)))[last(total)],
};
}

bool has(const std::string& text, std::string_view line) { return text.find(line) != std::string::npos; }

}

TEST_CASE("a model's summary lists its equations, what comes from outside, and what a step costs") {
    const std::string text = hg::summary<small_model::model>();
    INFO(text);
    // 5 x 3 and 3 x 2 products of two operations each, biases, and what is elementwise
    CHECK(has(text, "equation  shape      parameters  FLOPs a row\n"
                    "h         [rows, 3]          18           36\n"
                    "y         [rows, 2]           8           14\n"
                    "error     [rows]              0            6\n"
                    "loss      [rows]              0            8\n"
                    "all                          26           64\n"));
    CHECK(has(text, "parameter h.weight  [3, 5]           15\n"));
    CHECK(has(text, "input target        [rows, 2]         2\n"));
    CHECK(has(text, "scalar price        []                1\n"));
    CHECK(has(text, "a step: loss and gradients\n"));
    CHECK(has(text, "rows                        128\n"));
    CHECK(has(text, "bytes of parameters         104\n"));
}

TEST_CASE("a program's summary counts in its own rows and element") {
    using namespace small_model;
    using program = hg::function<model, hg::from<x>, hg::to<y>, hg::max_rows<10>, hg::element<double>>;
    const std::string text = hg::summary<program>();
    INFO(text);
    CHECK(has(text, "rows                    10\n"));
    CHECK(has(text, "FLOPs                   500, 50 a row\n"));
    // x, h and y of ten rows, h once more where it is read, and 26 parameters
    CHECK(has(text, "bytes read and written  1248\n"));
    CHECK(has(text, "bytes of parameters     208\n"));
}

TEST_CASE("a trainer's summary has its update") {
    using namespace small_model;
    const std::string gradients = hg::summary<hg::gradient<model, loss>>();
    const std::string step = hg::summary<hg::trainer<model, loss, hg::sgd>>();
    const auto operations = [](const std::string& text) {
        return std::stod(text.substr(text.find("FLOPs  ", text.find("a call")) + 5));
    };
    CHECK(operations(step) >= operations(gradients) + 26);
}

TEST_CASE("without rows there are none, and a scan's step counts for each of its steps") {
    const std::string text = hg::summary<without_rows::model>();
    INFO(text);
    CHECK(has(text, "FLOPs                                   8\nbytes read and written                  20\n"));
    CHECK(has(hg::summary<counting::model>(), "[rows, 2]           0           14\n"));
    using sums = hg::function<counting::model, hg::to<counting::all>, hg::max_rows<3>>;
    CHECK(has(hg::summary<sums>(), "FLOPs                   42, 14 a row\n"));
}

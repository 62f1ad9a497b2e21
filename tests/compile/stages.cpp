// The list of stages: what the compiler evaluates of it is what the same functions make at run time, for a function, a
// gradient with scans, and a trainer whose graph holds derivatives.
#include <hourglass/hourglass.hpp>

#include <doctest/doctest.h>

#include <set>
#include <string>
#include <vector>

namespace hg = hourglass;

namespace {

HOURGLASS_SYMBOLS(h, y, penalty, loss, volatility, likelihood);

inline constexpr hg::input<"x", 5> x;
inline constexpr hg::graph contractive{
    h = tanh(dense<3>(x)),
    penalty = sum(square(jacobian(h, x))),
    y = dense<5>(h),
    loss = squared_error(y, x) + 0.1 * penalty,
};
using trainer = hg::trainer<contractive, loss, hg::adam, hg::max_rows<16>>;
using encoder = hg::function<contractive, hg::to<h>>;

inline constexpr hg::argument<"returns", 20> returns;
inline constexpr hg::parameter<"persistence"> persistence{hg::ones};
HOURGLASS_SYMBOLS(now, seen);
inline constexpr hg::graph step{next(now) = persistence * now + 0.1 * square(seen)};
inline constexpr hg::graph volatile_market{
    volatility = hg::scan<"walk">(step, hg::along(seen = returns), hg::carry(now = 1.0))[now],
    likelihood = sum(square(returns) / exp(volatility) + volatility),
};
using slope = hg::gradient<volatile_market, likelihood, hg::wrt<hg::name<"walk.persistence">>>;

template <class Stage, class Spec> std::string text() {
    return hg::print(hg::graph_of<Spec, Stage>::view(), Stage::name);
}
std::string schedule_text(hg::schedule_view s, hg::graph_view g, long rows) { return hg::print(s, g, rows, 4); }

// Each stage that the compiler has evaluated, against the same at run time.
template <class Program> void check_stages() {
    using compiled = typename Program::compiled_graph;
    using spec = typename compiled::spec;
    const hg::graph_builder specified = hg::specify<spec>();
    CHECK(hg::print(specified.view(), "specified") == hg::print(compiled::specified::view(), "specified"));
    const hg::graph_builder last =
        hg::run_passes(compiled::specified::view(), [&]<class Stage>(Stage, hg::graph_view g) {
            CHECK(hg::print(g, Stage::name) == text<Stage, spec>());
        });
    CHECK(hg::print(last.view(), "last") == hg::print(compiled::whole::view(), "last"));
    const hg::schedule_builder planned = hg::plan(compiled::view(), Program::max_rows);
    CHECK(schedule_text(planned.view(), compiled::view(), Program::max_rows) ==
          schedule_text(compiled::schedule.view(), compiled::view(), Program::max_rows));
}

template <class Program> std::vector<std::string> names_of_stages() {
    std::vector<std::string> names;
    for (const hg::named_stage& s : hg::stages_of<Program>()) names.emplace_back(s.name);
    return names;
}

}

TEST_CASE("each stage has one name, and says what it does") {
    std::set<std::string_view> names, sentences;
    hg::stages::all::for_each([&]<class Stage>(Stage) {
        CHECK(names.insert(Stage::name).second);
        CHECK(sentences.insert(Stage::does).second);
        CHECK(!Stage::does.empty());
    });
    CHECK(static_cast<int>(names.size()) == hg::stages::all::size);
}
TEST_CASE("the compiler's stages are those of the list") {
    check_stages<encoder>();
    check_stages<trainer>();
    check_stages<slope>();
}
TEST_CASE("a program has the stages that its kind needs, in the order of the list") {
    using names = std::vector<std::string>;
    CHECK(names_of_stages<encoder>() == names{"lowered", "selected", "simplified", "merged", "final"});
    CHECK(names_of_stages<slope>() == names{"lowered", "selected", "differentiated", "simplified", "merged", "final"});
    CHECK(names_of_stages<trainer>() ==
          names{"lowered", "selected", "differentiated", "updated", "simplified", "merged", "final"});
}
TEST_CASE("each stage can be evaluated by itself") {
    using spec = typename slope::compiled_graph::spec;
    hg::stages::all::for_each([]<class Stage>(Stage) { CHECK(hg::evaluates<spec, Stage>()); });
}

// Sets of directions against sets of numbers: what unions hold, and that equal sets have one number.
#include <hourglass/ir/direction_sets.hpp>

#include <doctest/doctest.h>

#include <random>
#include <set>
#include <vector>

namespace hg = hourglass;

namespace {

using members = std::vector<int>;

members of(const hg::direction_sets& sets, int set) {
    members found(static_cast<std::size_t>(sets.count(set)));
    CHECK(sets.copy(set, found.data()) == found.data() + found.size());
    return found;
}

}

TEST_CASE("the empty set, the constant set, and single directions") {
    hg::direction_sets sets(200);
    CHECK(of(sets, hg::direction_sets::none).empty());
    CHECK(of(sets, hg::direction_sets::constant).empty());
    for (const int d : {0, 1, 63, 64, 127, 128, 199}) CHECK(of(sets, hg::direction_sets::single(d)) == members{d});
}

TEST_CASE("a constant part is not a direction, but distinguishes sets") {
    hg::direction_sets sets(70);
    const int a = hg::direction_sets::single(3), constant = hg::direction_sets::constant;
    const int both = sets.unite(a, constant);
    CHECK(both != a);
    CHECK(both != constant);
    CHECK(of(sets, both) == members{3});
    CHECK(sets.unite(constant, a) == both);
    CHECK(sets.unite(both, constant) == both);
    CHECK(sets.unite(both, a) == both);
    CHECK(sets.unite(constant, constant) == constant);
    CHECK(sets.unite(constant, hg::direction_sets::none) == constant);
    CHECK(sets.unite(sets.unite(a, hg::direction_sets::single(69)), constant) ==
          sets.unite(hg::direction_sets::single(69), both));
}

TEST_CASE("unions agree with sets of numbers, even when every table has to grow") {
    for (const int directions : {1, 5, 64, 65, 300}) {
        CAPTURE(directions);
        std::mt19937 random(static_cast<unsigned>(directions));
        hg::direction_sets sets(directions);
        std::vector<int> numbers{hg::direction_sets::none};
        std::vector<std::set<int>> wanted{{}};
        for (int d = 0; d < directions; ++d) numbers.push_back(hg::direction_sets::single(d)), wanted.push_back({d});
        for (int i = 0; i < 4000; ++i) {
            // Most often near ones, whose words are few.
            const std::size_t a = random() % numbers.size();
            const std::size_t b = i % 4 == 0 ? random() % numbers.size() : (a + random() % 9) % numbers.size();
            numbers.push_back(sets.unite(numbers[a], numbers[b]));
            wanted.push_back(wanted[a]);
            wanted.back().insert(wanted[b].begin(), wanted[b].end());
        }
        std::set<std::set<int>> different(wanted.begin(), wanted.end());
        CHECK(std::set<int>(numbers.begin(), numbers.end()).size() == different.size());
        for (std::size_t i = 0; i < numbers.size(); ++i)
            REQUIRE(of(sets, numbers[i]) == members(wanted[i].begin(), wanted[i].end()));
    }
}

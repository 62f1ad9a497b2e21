#include "hourglass/data/batches.hpp"

#include "hourglass/data/random.hpp"
#include "support/folder.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

namespace data = hourglass::data;
using namespace hourglass_test;

namespace {

std::vector<int> order_of(const data::batches& batches) {
    std::vector<int> all;
    for (int k = 0; k < batches.size(); ++k) all.insert(all.end(), batches[k].begin(), batches[k].end());
    return all;
}

}

TEST_CASE("batches cover every example once and keep the short last one") {
    data::batches batches(10, 4, 1);
    CHECK(batches.size() == 3);
    CHECK(batches[0].size() == 4);
    CHECK(batches[2].size() == 2);
    CHECK(order_of(batches) == std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}); // not shuffled yet
    batches.shuffle(1);
    std::vector<int> order = order_of(batches);
    CHECK_FALSE(std::is_sorted(order.begin(), order.end()));
    std::sort(order.begin(), order.end());
    CHECK(order == std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9});

    CHECK(data::batches(8, 4).size() == 2);
    CHECK(data::batches(3, 128).size() == 1);
    CHECK(data::batches(3, 128).largest() == 3);
    CHECK(data::batches(300, 128).largest() == 128);
    CHECK(data::batches(3, 128)[0].size() == 3);
}

TEST_CASE("an epoch's order depends on seed and epoch only") {
    data::batches a(1000, 32, 5);
    data::batches b(1000, 100, 5);
    data::batches c(1000, 32, 6);
    a.shuffle(1);
    const auto first = order_of(a);
    a.shuffle(2);
    const auto second = order_of(a);
    CHECK(first != second);
    b.shuffle(2);
    CHECK(order_of(b) == second);
    a.shuffle(1);
    CHECK(order_of(a) == first);
    c.shuffle(1);
    CHECK(order_of(c) != first);
}

TEST_CASE("the order is pinned, and every order is equally likely") {
    data::batches pinned(8, 8, 1);
    pinned.shuffle(1);
    CHECK(order_of(pinned) == std::vector<int>{2, 7, 5, 0, 1, 3, 6, 4});
    std::array<int, 6> seen{};
    data::batches three(3, 3, 9);
    for (std::uint64_t epoch = 0; epoch < 6000; ++epoch) {
        three.shuffle(epoch);
        const auto o = three[0];
        ++seen[static_cast<std::size_t>(o[0] * 2 + (o[1] > o[2] ? 1 : 0))];
    }
    for (const int n : seen) CHECK((n > 880 && n < 1120)); // four standard deviations
}

TEST_CASE("whole numbers below a bound are uniform") {
    data::random_stream random(1, 2);
    std::array<int, 7> seen{};
    for (int i = 0; i < 70000; ++i) ++seen[random.below(7)];
    for (const int n : seen) CHECK((n > 9600 && n < 10400));
    CHECK(random.below(1) == 0);
}

TEST_CASE("gathered rows lie side by side, as floats or doubles") {
    const std::vector<float> rows{0, 1, 10, 11, 20, 21, 30, 31};
    const std::vector<int> chosen{3, 0, 3};
    data::row_buffer<float> buffer(3, 2);
    const auto got = buffer.gather(rows, chosen);
    CHECK(std::vector<float>(got.begin(), got.end()) == std::vector<float>{30, 31, 0, 1, 30, 31});
    const float* place = got.data();
    CHECK(buffer.gather(rows, std::span(chosen).first(1)).data() == place); // memory is taken once
    CHECK(buffer.gather(rows, std::span(chosen).first(1)).size() == 2);
    data::row_buffer<double> wide(3, 2);
    CHECK(wide.gather(rows, chosen)[1] == 31.0);
}

TEST_CASE("sizes that do not fit are refused in words") {
    const std::vector<float> rows{0, 1, 10, 11};
    std::vector<float> to(2);
    CHECK(message_of<data::error>([] { data::batches(0, 4); }) ==
          "batches: expected at least 1 example in batches of at least 1, found 0 in batches of 4");
    CHECK(message_of<data::error>([] { data::batches(4, 0); }) ==
          "batches: expected at least 1 example in batches of at least 1, found 4 in batches of 0");
    CHECK(message_of<data::error>([] { data::batches(4, 2)[2]; }) == "batches: expected a batch from 0 to 1, found 2");
    CHECK(message_of<data::error>([] { data::row_buffer<float>(0, 2); }) ==
          "row_buffer: expected at least 1 row of at least 1 number, found 0 rows of 2");
    CHECK(message_of<data::error>([&] { data::gather(rows, 3, std::vector<int>{0}, to); }) ==
          "gather: expected a whole number of rows of 3, found 4 numbers; give the row size of this matrix");
    CHECK(message_of<data::error>([&] {
              data::gather(rows, 2, std::vector<int>{0, 1}, to);
          }) ==
          "gather: expected room for 2 rows of 2, found room for 1; make the buffer as large as the largest batch");
    CHECK(message_of<data::error>([&] { data::gather(rows, 2, std::vector<int>{2}, to); }) ==
          "gather: expected rows 0 to 1, found 2; are the batches made for this data set?");
    CHECK(message_of<data::error>([&] { data::gather(rows, 2, std::vector<int>{-1}, to); }) ==
          "gather: expected rows 0 to 1, found -1; are the batches made for this data set?");
    CHECK(message_of<data::error>([&] { data::gather(rows, 0, std::vector<int>{0}, to); }) ==
          "gather: expected rows of at least 1 number, found 0");
}

TEST_CASE("a batch may be larger than any number of examples") {
    const data::batches all(100, std::numeric_limits<int>::max());
    CHECK(all.size() == 1);
    CHECK(all[0].size() == 100);
}

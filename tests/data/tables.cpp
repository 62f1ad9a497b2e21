// Tables, their encoding and its file, and the checks of both.
#include "hourglass/data/csv.hpp"
#include "hourglass/data/encoding.hpp"
#include "hourglass/data/finite.hpp"
#include "hourglass/data/machines.hpp"
#include "hourglass/data/table.hpp"

#include "support/folder.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>

namespace data = hourglass::data;
using namespace hourglass_test;

namespace {

template <class Action> std::string said(Action&& action) { return message_of<data::error>(action); }
bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

data::table of_file(const temporary_folder& folder, const std::string& text, data::csv_options options = {}) {
    put(folder / "some.csv", text);
    data::table read = data::load_csv(folder / "some.csv", options);
    read.source = "some.csv";
    return read;
}

using floats = std::vector<float>;

// The sum of squares over 4 of the temperatures is 5: a deviation of the square root of 1.25.
const std::string four = "temp,kind,constant\n1,b,7.1\n2,a,7.1\n3,b,7.1\n4,c,7.1\n";
const auto z = [](double value) { return static_cast<float>((value - 2.5) / std::sqrt(1.25)); };

}

TEST_CASE("numbers are standardised, categories are one-hot, and a constant column is 0") {
    const temporary_folder folder;
    const data::table rows = of_file(folder, four);
    const data::encoding how = data::fit_encoding(rows);
    CHECK(how.width() == 5);
    CHECK(data::encode(how, rows) == floats{z(1), 0, 1, 0, 0, z(2), 1, 0, 0, 0, z(3), 0, 1, 0, 0, z(4), 0, 0, 1, 0});
    CHECK(how.columns[0].mean == 2.5);
    CHECK(how.columns[0].deviation == std::sqrt(1.25));
    CHECK(how.columns[1].categories == std::vector<std::string>{"a", "b", "c"});
    CHECK(how.columns[2].mean == 7.1);
    CHECK(how.columns[2].deviation == 1);
    SUBCASE("rows may have room for more, which is 0") {
        const data::encoding padded = data::fit_encoding(rows, {.width = 7});
        CHECK(padded.taken() == 5);
        CHECK(padded.width() == 7);
        const floats wide = data::encode(padded, rows);
        CHECK(floats(wide.begin(), wide.begin() + 8) == floats{z(1), 0, 1, 0, 0, 0, 0, z(2)});
        CHECK(data::decode(padded, wide).at("kind").text(3) == "c");
        CHECK(data::sum_by_column(padded, wide).size() == 12);
        CHECK(said([&] { data::decode(padded, data::encode(how, rows)); }) ==
              "decode: expected whole rows of 7 numbers, at least 1, found 20 numbers");
        CHECK(
            has(said([&] { data::fit_encoding(rows, {.width = 4}); }),
                "the 3 columns take 5 floats, and the model's rows have 4; leave columns out, or compile the model for "
                "rows of 16"));
    }
    SUBCASE("columns are found by name, and what more there is is passed over") {
        const data::table other = of_file(folder, "constant,new,kind,temp\n8.1,x,c,1e30\n7.1,x,c,-1e300\n");
        CHECK(data::encode(how, other) == floats{1e6F, 0, 0, 1, 1, -1e6F, 0, 0, 1, 0});
    }
    SUBCASE("the way back gives what was there") {
        const data::table back = data::decode(how, data::encode(how, rows));
        REQUIRE(back.rows() == 4);
        for (int row = 0; row < 4; ++row) {
            CHECK(back.at("temp").numbers[static_cast<std::size_t>(row)] == doctest::Approx(row + 1).epsilon(1e-6));
            CHECK(back.at("kind").text(row) == rows.at("kind").text(row));
            CHECK(back.at("constant").numbers[static_cast<std::size_t>(row)] == 7.1);
        }
        CHECK(data::decode(how, floats{0, 0.2F, 0.1F, 0.9F, 0}).at("kind").text(0) == "c");
        CHECK(said([&] { data::decode(how, floats(7)); }) ==
              "decode: expected whole rows of 5 numbers, at least 1, found 7 numbers");
        CHECK(has(said([&] { data::decode(how, floats{0, 0, NAN, 0, 0}); }), "row 0, column 2 (counted from 0)"));
    }
}

TEST_CASE("numbers far from 0, and nearly constant ones, are standardised to the digits that they have") {
    data::table rows{"made up", {{"a"}, {"b"}, {"c"}}, {}};
    for (int n = 0; n < 1000; ++n) {
        rows.columns[0].numbers.push_back(1e9 + n % 2);
        rows.columns[1].numbers.push_back(0.1); // whose mean, rounded, is another number
        rows.columns[2].numbers.push_back(1e-320 * (n % 2));
    }
    const data::encoding how = data::fit_encoding(rows);
    CHECK(how.columns[0].deviation == 0.5);
    const floats coded = data::encode(how, rows);
    for (std::size_t n = 0; n < 1000; ++n) {
        CHECK(coded[3 * n] == (n % 2 == 0 ? -1 : 1));
        CHECK(coded[3 * n + 1] == 0);
        CHECK(std::isfinite(coded[3 * n + 2]));
    }
}

TEST_CASE("what cannot be encoded is named by line, column and value") {
    const temporary_folder folder;
    const data::table rows = of_file(folder, four);
    const data::encoding how = data::fit_encoding(rows);
    CHECK(said([&] { data::encode(how, of_file(folder, "temp,kind,constant\n1,a,7\n\n2,d,7\n")); }) ==
          "some.csv: line 4, column 2 (kind): expected one of the 3 categories of the training rows (a, b, c), found "
          "\"d\"; mend it, or have unknown categories encoded as zeros (.unknown, --unknown zeros)");
    CHECK(said([&] { data::encode(how, of_file(folder, "temp,kind\n1,a\n")); }) ==
          "some.csv: expected a column \"constant\", found temp, kind");
    CHECK(said([&] { data::encode(how, of_file(folder, "temp,kind,constant\nx,a,7\n")); }) ==
          "some.csv: column \"temp\": expected numbers, as in training, found categories");
    CHECK(said([&] { data::encode(how, of_file(folder, "temp,kind,constant\n1,7,7\n")); }) ==
          "some.csv: column \"kind\": expected categories, as in training, found numbers");
    CHECK(
        said(
            [&] { data::encode(how, of_file(folder, "temp,kind,constant\n1,a,7\n,a,7\n", {.keep_missing = true})); }) ==
        "some.csv: line 3, column 1 (temp): expected a value, found none; mend it, leave the row or the column out, or "
        "have missing values filled (.missing, --missing fill)");
    data::table infinite = rows;
    infinite.columns[0].numbers[2] = -std::numeric_limits<double>::infinity();
    CHECK(has(said([&] { data::encode(how, infinite); }),
              "line 4, column 1 (temp): expected a finite number, found -inf"));
    CHECK(has(said([&] { data::fit_encoding(infinite); }),
              "line 4, column 1 (temp): expected a finite number, found -inf"));
    data::encoding lenient = how;
    lenient.options.unknown = data::unknown_categories::zeros;
    CHECK(data::encode(lenient, of_file(folder, "temp,kind,constant\n1,d,7.1\n")) == floats{z(1), 0, 0, 0, 0});
}

TEST_CASE("what no encoding can be learnt from is refused") {
    const temporary_folder folder;
    std::string text = "id,x\n";
    for (int n = 0; n < 60; ++n) text += "id" + std::to_string(n) + ",1\n";
    const data::table rows = of_file(folder, text);
    CHECK(said([&] { data::fit_encoding(rows); }) == "some.csv: column \"id\": expected at most 50 categories, found "
                                                     "60 in 60 rows, such as \"id0\"; leave the column "
                                                     "out, or allow more categories");
    CHECK(data::fit_encoding(rows, {.most_categories = 60}).width() == 61);
    const data::csv_options keep{.keep_missing = true};
    const data::table gaps = of_file(folder, "a,b\n,1\n,2\n", keep);
    CHECK(has(said([&] { data::fit_encoding(gaps); }), "line 2, column 1 (a): expected a value, found none"));
    CHECK(said([&] { data::fit_encoding(gaps, {.missing = data::missing_values::fill}); }) ==
          "some.csv: column \"a\": expected values, found none in any row; leave the column out");
    CHECK(has(said([&] { data::fit_encoding(of_file(folder, "a\n1e308\n1.7e308\n-1e308\n")); }),
              "that can be standardised"));
    CHECK(said([] {
              data::fit_encoding(data::table{"made up", {}, {}});
          }) == "made up: expected at least 1 column, found none");
    CHECK(has(said([] { data::fit_encoding(data::table{"made up", {{"a"}}, {}}); }), "expected rows to learn"));
}

TEST_CASE("missing values are filled with what training rows have, and marked") {
    const temporary_folder folder;
    const data::csv_options keep{.keep_missing = true};
    const data::table rows = of_file(folder, "x,kind,y\n1,b,5\n,,6\n3,b,7\n2,a,8\n", keep);
    const data::encoding filled = data::fit_encoding(rows, {.missing = data::missing_values::fill});
    REQUIRE(filled.width() == 4);
    CHECK(filled.columns[0].mean == 2);
    const floats coded = data::encode(filled, rows);
    CHECK(coded[4] == 0);
    CHECK(floats(coded.begin() + 5, coded.begin() + 7) == floats{0, 1}); // b, which is the most frequent
    const data::encoding marked = data::fit_encoding(rows, {.missing = data::missing_values::fill_and_mark});
    REQUIRE(marked.width() == 6); // y lacks nothing
    CHECK(floats(data::encode(marked, rows)).at(7) == 1);
    const floats all = data::encode(marked, of_file(folder, "x,kind,y\n,a,\n", keep));
    CHECK(floats(all.begin(), all.begin() + 5) == floats{0, 1, 1, 0, 0});
    CHECK(all[5] == 0); // the mean of y, without a mark
    CHECK(data::decode(marked, all).at("x").numbers[0] == 2);
}

TEST_CASE("an encoding that is saved gives the same bits when it is loaded") {
    const temporary_folder folder;
    data::table rows = data::make_machines(500, 3);
    rows.columns[3].numbers[7] = NAN;
    rows.columns[0].codes[9] = -1;
    rows.columns[1].categories = {"n\"or\nth", "s\xc3\xbc"
                                               "d"};
    const data::encoding how =
        data::fit_encoding(rows, {data::missing_values::fill_and_mark, data::unknown_categories::zeros, 70, 24});
    data::save_encoding(folder / "columns.json", how);
    const data::encoding read = data::load_encoding(folder / "columns.json");
    CHECK(read.options.missing == how.options.missing);
    CHECK(read.options.unknown == how.options.unknown);
    CHECK(read.options.most_categories == 70);
    CHECK(read.width() == 24);
    CHECK(data::encode(read, rows) == data::encode(how, rows));
    for (std::size_t n = 0; n < how.columns.size(); ++n) {
        CHECK(read.columns[n].mean == how.columns[n].mean);
        CHECK(read.columns[n].deviation == how.columns[n].deviation);
        CHECK(read.columns[n].fill == how.columns[n].fill);
    }
    data::encoding wrong = how;
    wrong.columns[0].name = "caf\xe9";
    CHECK(has(said([&] { data::save_encoding(folder / "columns.json", wrong); }),
              "expected names and categories in UTF-8"));
    CHECK(data::load_encoding(folder / "columns.json").columns[0].name == "kind");
    CHECK(has(said([&] { data::save_encoding(folder / "no" / "columns.json", how); }), "to exist"));
}

TEST_CASE("a file that is no encoding is refused by name, with the place in it") {
    const temporary_folder folder;
    data::save_encoding(folder / "columns.json", data::fit_encoding(of_file(folder, four)));
    const std::string right = get(folder / "columns.json"), name = (folder / "columns.json").string() + ": ";
    const auto complaint = [&](const std::string& part, const std::string& instead) {
        std::string text = right;
        REQUIRE(has(text, part));
        put(folder / "columns.json", text.replace(text.find(part), part.size(), instead));
        const std::string answer = said([&] { data::load_encoding(folder / "columns.json"); });
        return answer.starts_with(name) ? answer.substr(name.size()) : "(no path) " + answer;
    };
    CHECK(complaint("hourglass columns", "x") == "encoding.format: expected \"hourglass columns\", found \"x\"");
    CHECK(complaint("\"mean\": 2.5", "\"mean\": \"2.5\"") ==
          "columns[0].mean: expected a finite number, found \"2.5\"");
    CHECK(complaint("\"mean\": 2.5", "\"mean\": 1e999").starts_with("expected an encoding of columns as JSON, found"));
    CHECK(complaint("\"mean\": 2.5,", "") == "columns[0]: expected \"mean\", found none");
    CHECK(complaint("\"deviation\": 1.", "\"deviation\": -1.")
              .starts_with("columns[0].deviation: expected a number above 0"));
    CHECK(complaint("\"fill\": \"b\"", "\"fill\": \"z\"") ==
          "columns[1].fill: expected one of the categories, found \"z\"");
    CHECK(complaint("\"c\"", "\"a\"").starts_with("columns[1].categories: expected different texts in the order"));
    CHECK(complaint("\"c\"", "3") == "columns[1].categories: expected texts, found 3");
    CHECK(complaint("\"marked\": false", "\"marked\": 0") == "columns[0].marked: expected true or false, found 0");
    CHECK(complaint("\"kind\": \"numbers\"", "\"kind\": \"dates\"") ==
          "columns[0].kind: expected one of numbers, categories, found \"dates\"");
    CHECK(complaint("\"name\": \"kind\"", "\"name\": \"temp\"")
              .starts_with("encoding.columns: expected different names"));
    CHECK(complaint("\"missing\": \"refuse\"", "\"missing\": \"guess\"") ==
          "encoding.missing: expected one of refuse, fill, fill and mark, found \"guess\"");
    CHECK(complaint("\"most_categories\": 50", "\"most_categories\": -1")
              .starts_with("encoding.most_categories: expected a whole"));
    CHECK(complaint(right, "").starts_with("expected an encoding of columns as JSON, found"));
    CHECK(complaint(right, "[]") == "encoding: expected an object, found []");
    CHECK(complaint(right, right.substr(0, right.size() / 2))
              .starts_with("expected an encoding of columns as JSON, found"));
    CHECK(complaint(right, std::string(1 << 20, '[')).starts_with("expected an encoding of columns as JSON, found"));
    CHECK(has(said([&] { data::load_encoding(folder.path()); }), "found a folder"));
    CHECK(has(said([&] { data::load_encoding(folder / "none"); }), "it cannot be opened"));
}

TEST_CASE("other files are read as the encoding wants them") {
    const temporary_folder folder;
    const data::table rows =
        of_file(folder, "id,x,code\na1,1,7\na2,2,8\n", {.categories = {"code"}, .leave_out = {"id"}});
    const data::encoding how = data::fit_encoding(rows);
    const std::string text = "code,x,y,fault\n8,1,q,0\n7,3,1,1\n"; // a column that is mixed, which nobody wants
    const data::table other = of_file(folder, text, data::reading(how, {}, {"fault"}));
    CHECK(other.columns.size() == 3);
    CHECK(other.find("y") == nullptr);
    CHECK(data::encode(how, other).size() == 6);
    CHECK(has(said([&] { of_file(folder, "code,x\n8,one\n", data::reading(how)); }),
              "line 2, column 2 (x): expected a number"));
    CHECK(has(said([&] { of_file(folder, "code\n8\n", data::reading(how)); }), "expected a column \"x\", found code"));
    CHECK(has(said([&] { of_file(folder, "code,x\n8,\n", data::reading(how)); }), "expected a value"));
}

TEST_CASE("tables: columns by name, rows, rows held out, labels") {
    const temporary_folder folder;
    data::table rows = of_file(folder, four);
    CHECK(rows.find("none") == nullptr);
    CHECK(said([&] { rows.at("none"); }) == "some.csv: expected a column \"none\", found temp, kind, constant");
    CHECK(rows.take("kind").text(3) == "c");
    CHECK(rows.columns.size() == 2);
    const data::table chosen = data::select(rows, std::vector<int>{3, 0, 3});
    CHECK(chosen.at("temp").numbers == std::vector<double>{4, 1, 4});
    CHECK(chosen.lines == std::vector<std::int64_t>{5, 2, 5});
    CHECK(said([&] { data::select(rows, std::vector<int>{4}); }) == "some.csv: expected rows 0 to 3, found 4");

    data::table many = data::make_machines(100), same = many;
    const data::table held_out = data::hold_out(many, 30, 5);
    CHECK(held_out.rows() == 30);
    CHECK(many.rows() == 70);
    std::vector<double> all = many.at("power").numbers, whole = same.at("power").numbers;
    all.insert(all.end(), held_out.at("power").numbers.begin(), held_out.at("power").numbers.end());
    CHECK(all != whole);
    CHECK(std::is_permutation(all.begin(), all.end(), whole.begin()));
    CHECK(data::hold_out(same, 30, 5).at("power").numbers == held_out.at("power").numbers);
    for (const int count : {0, 70})
        CHECK(has(said([&] { data::hold_out(many, count, 1); }), "expected to hold out 1 to 69 of 70"));

    using labels = std::vector<std::uint8_t>;
    const data::csv_options keep{.keep_missing = true};
    const data::table classes = of_file(folder, "a,b,c,d\n0,Yes,pump,True\n1,no,,false\n", keep);
    CHECK(data::labels_of(classes, classes.at("a")) == labels{0, 1});
    CHECK(data::labels_of(classes, classes.at("a"), "0") == labels{1, 0});
    CHECK(data::labels_of(classes, classes.at("b")) == labels{1, 0});
    CHECK(data::labels_of(classes, classes.at("d")) == labels{1, 0});
    CHECK(
        said([&] { data::labels_of(classes, classes.at("c")); }) ==
        "some.csv: line 2, column 3 (c): expected 0 or 1, false or true, no or yes, found \"pump\"; say which value is "
        "the positive one (the third argument, --positive)");
    CHECK(has(said([&] { data::labels_of(data::select(classes, std::vector<int>{0}), classes.at("c"), "pump"); }),
              "expected a label for each of 1 rows, found"));
    CHECK(has(said([&] { data::labels_of(classes, classes.at("c"), "pump"); }),
              "line 3, column 3 (c): expected a label"));
    CHECK(data::labels_of(classes, classes.at("a"), "2") == labels{0, 0});
}

TEST_CASE("tables and rows that are not what they say, or hold no numbers, are named by their place") {
    const temporary_folder folder;
    data::check_table(of_file(folder, four));
    data::table rows{"made up", {{"a", data::column_kind::numbers, {1, NAN}}}, {}};
    CHECK(said([&] { data::check_table(rows); }) ==
          "made up: row 1, column \"a\": expected a finite number, found none: the "
          "value is missing; mend the data, or leave such rows out");
    rows.columns[0].numbers[1] = std::numeric_limits<double>::infinity();
    CHECK(has(said([&] { data::check_table(rows); }), "row 1, column \"a\": expected a finite number, found inf;"));
    rows.columns[0].numbers[1] = 2;
    rows.columns.push_back({"b", data::column_kind::categories, {}, {0, 1}, {"x"}});
    CHECK(said([&] { data::check_table(rows); }) == "made up: column \"b\": expected codes from -1 to 0, found 1");
    rows.columns[1].codes = {0, -1};
    CHECK(has(said([&] { data::check_table(rows); }), "row 1, column \"b\": expected a category, found none"));
    rows.columns[1].codes = {0};
    CHECK(has(said([&] { data::check_table(rows); }), "expected columns of the same length"));
    rows.columns[1] = rows.columns[0];
    CHECK(said([&] { data::check_table(rows); }) == "made up: expected columns of different names, found \"a\" twice");
    data::check_rows(floats{1, 2, 3, 4}, 2, "the prices");
    CHECK(
        said([] {
            data::check_rows(floats{1, 2, 3, NAN, 1, INFINITY}, 2, "the prices");
        }) ==
        "the prices: row 1, column 1 (counted from 0): expected a finite number, found nan, and 1 more are not finite; "
        "mend the data, or leave such rows out");
    CHECK(has(said([] {
                  data::check_rows(std::vector<double>{1, 2, 3}, 2, "the prices");
              }),
              "expected whole rows of 2"));
    CHECK(has(said([] { data::check_rows(floats{}, 2, "the prices"); }), "at least 1, found 0"));
}

TEST_CASE("machines: the same for the same seed, with a few faults, and usual values") {
    const data::table rows = data::make_machines(4000, 1);
    data::check_table(rows);
    CHECK(rows.rows() == 4000);
    const data::table later = data::make_machines(10, 1, 90), other = data::make_machines(10, 2, 90);
    for (int row = 0; row < 10; ++row) {
        CHECK(later.at("speed").text(row) == rows.at("speed").text(row + 90));
        CHECK(later.at("power").text(row) != other.at("power").text(row));
    }
    const std::vector<std::uint8_t> faulty = data::labels_of(rows, rows.at("faulty"));
    const auto faults = std::count(faulty.begin(), faulty.end(), 1);
    CHECK(faults > 80); // 120, with a deviation of 11
    CHECK(faults < 160);
    CHECK(said([] { data::make_machines(0); }) == "machines: expected at least 1 row, found 0");
    const temporary_folder folder;
    data::save_csv(folder / "machines.csv", rows);
    CHECK(data::load_csv(folder / "machines.csv").at("temperature").numbers == rows.at("temperature").numbers);
}

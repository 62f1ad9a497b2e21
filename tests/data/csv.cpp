#include "hourglass/data/csv.hpp"

#include "support/folder.hpp"
#include "support/gzip.hpp"

#include <clocale>
#include <cmath>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <sys/stat.h>

namespace data = hourglass::data;
using namespace hourglass_test;
using namespace std::string_literals;

namespace {

data::table load(const std::string& text, const data::csv_options& options = {}) {
    const temporary_folder folder;
    put(folder / "some.csv", text);
    return data::load_csv(folder / "some.csv", options);
}

// What load_csv says, without the path in front.
std::string complaint(const std::string& text, const data::csv_options& options = {}) {
    const temporary_folder folder;
    put(folder / "some.csv", text);
    const std::string said = message_of<data::error>([&] { data::load_csv(folder / "some.csv", options); });
    const std::string start = (folder / "some.csv").string() + ": ";
    return said.starts_with(start) ? said.substr(start.size()) : "(no path) " + said;
}

// A table as text: names, then rows; a value that is missing as a minus.
std::string shown(const data::table& rows) {
    std::string text;
    for (const data::column& c : rows.columns) text += c.name + "|";
    for (int row = 0; row < rows.rows(); ++row) {
        text += "\n";
        for (const data::column& c : rows.columns) text += (c.is_missing(row) ? "-" : c.text(row)) + "|";
    }
    return text;
}

using texts = std::vector<std::string>;

}

TEST_CASE("CSV files are read with each separator, line end and kind of quotes") {
    const std::string wanted = "temp|kind|\n1.5|pump|\n-2|fan|";
    for (const char separator : {',', ';', '\t', '|'})
        for (const char* end : {"\n", "\r\n", "\r"})
            for (const char* last : {"", end})
                for (const char* mark : {"", "\xef\xbb\xbf"})
                    for (const char* quote : {"", "\""}) {
                        std::string text = mark;
                        for (const char* value : {"temp", "kind", "1.5", "pump", "-2.0e0", "fan"}) {
                            const bool ends_line = value[1] == 'i' || value[1] == 'u' || value[1] == 'a';
                            text += quote + std::string(value) + quote + (ends_line ? end : std::string(1, separator));
                        }
                        text.resize(text.size() - std::string(end).size());
                        text += last;
                        CAPTURE(text);
                        CHECK(shown(load(text)) == wanted);
                        CHECK(shown(load(text, {.separator = separator})) == wanted);
                        CHECK(shown(load(gzip(text))) == wanted);
                    }
}

TEST_CASE("quoted fields hold separators, quotes, blanks and line ends") {
    const data::table read =
        load("name,\"a, \"\"b\"\"\"\n\" x \",1\n  \"two\r\nlines\"  , 2 \n\"\"\"\",3\n plain text ,4");
    REQUIRE(read.columns.size() == 2);
    CHECK(read.columns[1].name == "a, \"b\"");
    CHECK(read.columns[0].categories == texts{" x ", "two\r\nlines", "\"", "plain text"});
    CHECK(read.columns[1].numbers == std::vector<double>{1, 2, 3, 4});
    CHECK(read.lines == std::vector<std::int64_t>{2, 3, 5, 6});
    CHECK(read.columns[1].in_file == 2);
}

TEST_CASE("numbers are read whatever the locale, with a decimal point or comma") {
    const data::table read = load("a\n+1\n-0.25\n1e3\n.5\n5.\n0x10\n", {.categories = {"a"}});
    CHECK(read.columns[0].kind == data::column_kind::categories);
    CHECK(load("a\n+1\n-0.25\n1E+3\n.5\n5.\n 7\t\n1e-300\n").columns[0].numbers ==
          std::vector<double>{1, -0.25, 1000, 0.5, 5, 7, 1e-300});
    CHECK(shown(load("a;b\n1,5;-2\n,25;1e3\n", {.decimal = ','})) == "a|b|\n1.5|-2|\n0.25|1000|");
    CHECK(complaint("a;b\n1;2\n1.5;2\n", {.decimal = ','}).starts_with("line 3, column 1 (a): expected a number"));
    CHECK(complaint("a;b\n1,5;2\n") ==
          "line 2, column 1 (a): expected a number with a decimal point or a text, found \"1,5\"; say that the decimal "
          "sign is a comma (.decimal, --decimal comma), or that this is a column of categories");
    for (const char* locale : {"de_DE.UTF-8", "fr_FR.UTF-8", "C"}) { // those that are installed
        std::setlocale(LC_ALL, locale);
        CHECK(load("a,b\n1.5,2\n").columns[0].numbers == std::vector<double>{1.5});
    }
}

TEST_CASE("columns have the kind of their first value, or the one that is asked for") {
    const data::table read = load("code,n\n7,1\n8,2\n7,3\n", {.categories = {"code"}});
    CHECK(read.at("code").categories == texts{"7", "8"});
    CHECK(read.at("code").codes == std::vector<int>{0, 1, 0});
    CHECK(read.at("n").kind == data::column_kind::numbers);
    CHECK(complaint("code\n7\n7b\n") ==
          "line 3, column 1 (code): expected a number, as in line 2, found \"7b\"; mend it, let this text stand for "
          "missing values, or say that this is a column of categories");
    CHECK(complaint("code\nb7\n7\n") == "line 3, column 1 (code): expected a text, as in line 2, found the number "
                                        "\"7\"; mend it, or say that this is a "
                                        "column of categories, or of numbers");
    CHECK(
        complaint("code\nx\n", {.numbers = {"code"}}).starts_with("line 2, column 1 (code): expected a number, found"));
    CHECK(complaint("a,b\n1,2\n", {.categories = {"a"}, .numbers = {"a"}}).find("cannot be of categories and") !=
          std::string::npos);
}

TEST_CASE("columns are chosen and left out by name") {
    const std::string text = "time,a,b\nnoon,1,x\n7,2,y\n"; // whose first column is neither
    CHECK(shown(load(text, {.leave_out = {"time"}})) == "a|b|\n1|x|\n2|y|");
    CHECK(shown(load(text, {.only = {"b", "a"}})) == "a|b|\n1|x|\n2|y|");
    CHECK(shown(load(text, {.leave_out = {"b"}, .only = {"b", "a"}})) == "a|\n1|\n2|");
    CHECK(complaint(text, {.leave_out = {"Time"}}) ==
          "line 1: expected a column \"Time\", found time, a, b (separated by ',')");
    CHECK(complaint(text, {.separator = ',', .only = {"c"}}) == "line 1: expected a column \"c\", found time, a, b");
    CHECK(complaint(text, {.leave_out = {"time", "a", "b"}}) == "line 1: every column is left out");
}

TEST_CASE("missing values are refused with their place, or kept") {
    CHECK(complaint("a,b\n1,x\n2,\n") ==
          "line 3, column 2 (b): expected a value, found an empty field; mend it, leave the row or the column out, or "
          "have missing values kept (.keep_missing, --missing fill)");
    CHECK(complaint("a,b\n1,x\nNA,y\n").starts_with("line 3, column 1 (a): expected a value, found \"NA\";"));
    const data::csv_options keep{.keep_missing = true};
    const data::table read = load("a,b,c,d\n,,nan,x\n1,x,NULL,\"\"\nN/A,<NA>,,None\n2,y,NaN,z\n", keep);
    CHECK(shown(read) == "a|b|c|d|\n-|-|-|x|\n1|x|-|-|\n-|-|-|-|\n2|y|-|z|");
    CHECK(std::isnan(read.at("a").numbers[0]));
    CHECK(read.at("b").codes == std::vector<int>{-1, 0, -1, 1});
    CHECK(read.at("c").kind == data::column_kind::numbers); // nothing says otherwise
    const data::csv_options own{.missing = {"-999", "?"}, .keep_missing = true};
    CHECK(shown(load("a,b\n-999,x\n-9,?\n", own)) == "a|b|\n-|x|\n-9|-|");
    CHECK(complaint("a,b\n1,\n2,3\n", own).starts_with("line 3, column 2 (b): expected a text")); // empty is a text
}

TEST_CASE("a file without names has some made up, and the first line is not taken for what it is not") {
    CHECK(shown(load("1,x\n2,y\n", {.header = data::csv_header::none})) == "column_1|column_2|\n1|x|\n2|y|");
    CHECK(shown(load("0,1\n2,3\n", {.header = data::csv_header::names})) == "0|1|\n2|3|");
    CHECK(shown(load(",a\n0,3\n")) == "column_1|a|\n0|3|"); // as data frames write an index
    CHECK(complaint("a,1.5\n2,3\n") == "line 1, column 2: expected the name of a column, found the number \"1.5\"; say "
                                       "whether the first line has names or values");
    CHECK(complaint("1,\n2,3\n", {.header = data::csv_header::none})
              .starts_with("line 1, column 2 (column_2): expected a"));
    CHECK(complaint("a,b,a\n1,2,3\n") == "line 1: expected columns of different names, found \"a\" in columns 1 and 3");
    CHECK(complaint("a;b,c\n1,2\n").starts_with("line 1: expected one separator, found equally many"));
}

TEST_CASE("lines have as many fields as the first; empty ones are passed over, unless there is but one column") {
    CHECK(complaint("a,b,c\n1,2,3\n4,5\n") ==
          "line 3: expected 3 fields, as the first line has (separated by ','), found 2: there is no column 3 (c)");
    CHECK(complaint("a,b\n1,2\n4,5,6,\n", {.separator = ','}) ==
          "line 3: expected 2 fields, as the first line has, found 4: column 3 is one too many");
    const data::table read = load("\n\na,b\n\n1,2\r\n\r\n  \n3,4\n\n\n");
    CHECK(shown(read) == "a|b|\n1|2|\n3|4|");
    CHECK(read.lines == std::vector<std::int64_t>{5, 8});
    CHECK(shown(load("a\n1\n\n3\n", {.keep_missing = true})) == "a|\n1|\n-|\n3|");
    CHECK(complaint("a\n1\n\n3\n").starts_with("line 3, column 1 (a): expected a value, found an empty field"));
}

TEST_CASE("what is no table of text is refused with its place") {
    CHECK(complaint("") == "expected a CSV file, found an empty file");
    CHECK(complaint("\xef\xbb\xbf") == "expected a CSV file, found an empty file");
    CHECK(complaint("\n\r\n") == "line 1: expected a table, found empty lines only");
    CHECK(complaint("a,b\n") == "line 1: expected rows after the names of the columns, found none");
    CHECK(complaint("a,b\n1,x\0y\n"s) ==
          "line 2, column 2 (b): expected text, found a zero byte; is this a CSV file, and in UTF-8?");
    CHECK(complaint("a,b\n1,\"x\0y\"\n"s).starts_with("line 2, column 2 (b): expected text, found a zero byte"));
    CHECK(complaint("\xff\xfe\x61\0"s) == "line 1: expected text in UTF-8, found UTF-16; save the file as UTF-8");
    CHECK(complaint("PK\x03\x04 and more").starts_with("line 1: expected text, found a ZIP archive"));
    CHECK(complaint("a,b\n1,caf\xe9\n") ==
          "line 2, column 2 (b): expected text in UTF-8, found byte e9; save the file as "
          "UTF-8");
    CHECK(complaint("caf\xe9,b\n1,2\n").starts_with("line 1, column 1: expected text in UTF-8, found byte e9"));
    for (const char* wrong :
         {"\xc0\xaf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xf8", "\xe2\x82"})
        CHECK(complaint("a\n"s + wrong + "\n").find("expected text in UTF-8") != std::string::npos);
    CHECK(load("a\n\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\n").columns[0].categories[0].size() == 9);
    CHECK(complaint("a,b\n1,\"2\n3,4\n") ==
          "line 2, column 2 (b): a quote is opened here and never closed; close it, or "
          "double quotes that belong to a text");
    CHECK(complaint("a,b\n1,\"" + std::string(1 << 21, 'x'))
              .starts_with("line 2, column 2 (b): a quote is opened here and not closed within 1048576 bytes"));
    CHECK(
        complaint("a,b\n1," + std::string(1 << 21, 'x')).starts_with("line 2, column 2 (b): expected at most 1048576"));
    CHECK(
        complaint("a,b\n1,5\" pipe\n").starts_with("line 2, column 2 (b): found a quote inside a field that does not"));
    CHECK(complaint("a,b\n1,\"5\" pipe\n") ==
          "line 2, column 2 (b): expected a separator (',') or the end of the line after the closing quote, found 'p'; "
          "double quotes that belong to a text");
    CHECK(complaint("a,b\n1,inf\n") == "line 2, column 2 (b): expected a finite number, found \"inf\"; mend it, or let "
                                       "this text stand for missing values");
    CHECK(complaint("a,b\n1,-Infinity\n").starts_with("line 2, column 2 (b): expected a finite number"));
    CHECK(complaint("a,b\n1,1e999\n") ==
          "line 2, column 2 (b): expected a number that double can hold, found \"1e999\"; "
          "mend it");
    CHECK(complaint("a\nx\x1b[2J\n3\n").find("\x1b") == std::string::npos); // nothing that a terminal obeys
    CHECK(complaint("a\n1\n" + std::string(5000, 'x') + "\n").size() < 300);
    for (const char separator : {'"', '\n', '.', '7', 'x'})
        CHECK(message_of<data::error>([&] {
                  load("a,b\n1,2\n", {.separator = separator});
              }).starts_with("load_csv: expected a separator such as a comma"));
    CHECK(message_of<data::error>([&] { load("a\n1\n", {.decimal = ';'}); }).find("decimal sign") != std::string::npos);
}

TEST_CASE("what is no plain file is refused, as is a gzip stream that is cut or goes on") {
    const temporary_folder folder;
    const std::string name = folder.path().string();
    CHECK(message_of<data::error>([&] { data::load_csv(folder.path()); }) ==
          name + ": expected a CSV file, found a folder; give the path of a file");
    CHECK(message_of<data::error>([&] { data::load_csv(folder / "none"); }).find("it cannot be opened") !=
          std::string::npos);
    REQUIRE(mkfifo((folder / "pipe").c_str(), 0600) == 0);
    CHECK(message_of<data::error>([&] { data::load_csv(folder / "pipe"); }).find("found a pipe") != std::string::npos);
    const std::string packed = gzip("a,b\n1,2\n3,4\n");
    CHECK(complaint(packed.substr(0, packed.size() - 6)).find("the gzip stream ends early") != std::string::npos);
    CHECK(complaint(packed + "more").find("found trailing data") != std::string::npos);
}

TEST_CASE("fields and lines that end where a block of the file does are read whole") {
    for (std::size_t length = (1 << 17) - 12; length < (1 << 17) + 4; ++length) {
        const std::string filling(length, 'x');
        CHECK(shown(load("a,b\r\n" + filling + ",1.25\r\n\"y\"\"\",2\r\n")) == "a|b|\n" + filling + "|1.25|\ny\"|2|");
        CHECK(shown(load("a,b\r\n\"" + filling + "\"\"\r\n\",1\r\nz,2")) == "a|b|\n" + filling + "\"\r\n|1|\nz|2|");
    }
}

TEST_CASE("a table that is written is read again to the last bit") {
    const temporary_folder folder;
    data::table rows{"made up", {}, {}};
    rows.columns.push_back({"a, b", data::column_kind::numbers, {0.1, -1e-300, 1.7976931348623157e308, NAN, 3}});
    rows.columns.push_back(
        {"kind", data::column_kind::categories, {}, {1, 0, 2, 3, -1}, {"x\"y", " p;q", "two\nlines", "\xef\xbb\xbf-"}});
    for (const char separator : {',', ';', '\t'}) {
        data::save_csv(folder / "out.csv", rows, separator);
        const data::table read = data::load_csv(folder / "out.csv", {.separator = separator, .keep_missing = true});
        CHECK(shown(read) == shown(rows));
        for (const std::size_t n : {0U, 1U, 2U, 4U}) CHECK(read.columns[0].numbers[n] == rows.columns[0].numbers[n]);
    }
    CHECK(folder.entries() == 1);
    rows.columns[0].numbers[2] = INFINITY;
    CHECK(message_of<data::error>([&] { data::save_csv(folder / "out.csv", rows); }) ==
          "made up: row 2, column \"a, b\": expected a finite number, found inf");
    rows.columns[0].numbers.pop_back();
    CHECK(message_of<data::error>([&] { data::save_csv(folder / "out.csv", rows); }).find("of the same length") !=
          std::string::npos);
    CHECK(message_of<data::error>([&] {
              data::save_csv(folder / "no" / "out.csv", load("a\n1\n"));
          }).find("to exist") != std::string::npos);
}

#include "hourglass/data/npy.hpp"

#include "support/folder.hpp"
#include "support/gzip.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace data = hourglass::data;
using namespace hourglass_test;
using namespace std::string_literals;

namespace {

// A file as numpy.save of NumPy 2.4 wrote it, to the byte: each of its headers had 118 bytes, or 116 after a longer
// start.
std::string numpys(const std::string& header, const std::string& values, char version = 1) {
    const std::size_t length = version == 1 ? 118 : 116;
    std::string file = "\x93NUMPY"s + version + '\0' + static_cast<char>(length) + '\0';
    if (version > 1) file += "\0\0"s;
    file += header;
    file.append(length - 1 - header.size(), ' ');
    return file + '\n' + values;
}
std::string header_of(const std::string& type, const std::string& shape, bool fortran = false) {
    return "{'descr': '" + type + "', 'fortran_order': " + (fortran ? "True" : "False") + ", 'shape': " + shape + ", }";
}

template <class Element = double> data::array<Element> load(const std::string& bytes) {
    const temporary_folder folder;
    put(folder / "some.npy", bytes);
    return data::load_npy<Element>(folder / "some.npy");
}
template <class Element = double> std::string complaint(const std::string& bytes) {
    const temporary_folder folder;
    put(folder / "some.npy", bytes);
    const std::string said = message_of<data::error>([&] { data::load_npy<Element>(folder / "some.npy"); });
    const std::string start = (folder / "some.npy").string() + ": ";
    return said.starts_with(start) ? said.substr(start.size()) : "(no path) " + said;
}

using shape = std::vector<std::int64_t>;
using numbers = std::vector<double>;

const std::string f4 =
    numpys(header_of("<f4", "(3, 2)"), "\0\0\xc0\x3f\0\0\0\xc0\0\0\x40\x40\0\0\x80\x40\0\0\xa0\x40\xcd\xcc\xcc\x3d"s);

}

TEST_CASE("NumPy's own files are read: every element type, byte order, order and version") {
    CHECK(load(f4).shape == shape{3, 2});
    CHECK(load<float>(f4).values == std::vector<float>{1.5F, -2, 3, 4, 5, 0.1F});
    CHECK(load(f4).values == numbers{1.5, -2, 3, 4, 5, static_cast<double>(0.1F)});
    CHECK(load(gzip(f4)).values == load(f4).values);

    const data::array<double> f8 = load(numpys(
        header_of(">f8", "(2, 3)", true), "\0\0\0\0\0\0\0\0\x3f\xd8\0\0\0\0\0\0\x3f\xc0\0\0\0\0\0\0\x3f\xe0\0\0\0\0\0\0"
                                          "\x3f\xd0\0\0\0\0\0\0\x3f\xe4\0\0\0\0\0\0"s));
    CHECK(f8.shape == shape{2, 3});
    CHECK(f8.values == numbers{0, 0.125, 0.25, 0.375, 0.5, 0.625});

    const numbers f2 = load(numpys(header_of("<f2", "(6,)"), "\0\x3c\0\xb8\xff\x7b\1\0\0\x7c\0\x7e"s)).values;
    CHECK(numbers(f2.begin(), f2.begin() + 5) ==
          numbers{1, -0.5, 65504, 0x1p-24, std::numeric_limits<double>::infinity()});
    CHECK(std::isnan(f2[5]));

    CHECK(load(numpys(header_of("<i8", "(2,)"), "\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0\0\1\0\0"s)).values ==
          numbers{-1, 0x1p40});
    CHECK(load(numpys(header_of("|b1", "(2,)"), "\1\0"s)).values == numbers{1, 0});
    CHECK(load(numpys(header_of(">u2", "(2,)"), "\xff\xff\0\1"s)).values == numbers{65535, 1});
    const data::array<double> scalar = load(numpys(header_of("|i1", "()"), "\xf9"));
    CHECK(scalar.shape.empty());
    CHECK(scalar.values == numbers{-7});
    CHECK(load(numpys(header_of("<f4", "(0, 3)"), "")).shape == shape{0, 3});
    for (const char version : {'\2', '\3'})
        CHECK(load(numpys(header_of("<i4", "(2,)"), "\1\0\0\0\2\0\0\0"s, version)).values == numbers{1, 2});

    const data::array<double> cube =
        load(numpys(header_of("|u1", "(2, 3, 4)", true),
                    "\0\x0c\4\x10\x08\x14\1\r\5\x11\t\x15\2\x0e\6\x12\n\x16\3\x0f\7\x13\x0b\x17"s));
    REQUIRE(cube.values.size() == 24);
    for (std::size_t n = 0; n < 24; ++n) CHECK(cube.values[n] == static_cast<double>(n));
}

TEST_CASE("headers may be written otherwise, as older versions and other programs do") {
    const std::string one = "\1\0\0\0"s;
    for (const char* header : {"{'shape': (1L,), 'fortran_order': False, 'descr': '<i4'}",
                               "{\"descr\":\"<i4\",\"fortran_order\":False,\"shape\":(1,)}",
                               "{'descr': 'i4', 'fortran_order': True, 'shape': (1, 1, 1)}"}) {
        CAPTURE(header);
        CHECK(load(numpys(header, one)).values == numbers{1});
    }
}

TEST_CASE("arrays are written as numpy.save writes them, to the byte, and read again to the bit") {
    const temporary_folder folder;
    const std::vector<float> values{1.5F, -2, 3, 4, 5, 0.1F};
    data::save_npy(folder / "ours.npy", shape{3, 2}, std::span(values));
    CHECK(get(folder / "ours.npy") == f4);
    CHECK(folder.entries() == 1);
    const numbers wide{0.1, -0.0, 1e-310, std::numeric_limits<double>::infinity()};
    for (const shape& of : {shape{4}, shape{2, 2}, shape{1, 4, 1}, shape(64, 1)}) {
        const numbers some(wide.begin(), wide.begin() + (of.size() == 64 ? 1 : 4));
        data::save_npy(folder / "wide.npy", of, std::span(some));
        const data::array<double> read = data::load_npy<double>(folder / "wide.npy");
        CHECK(read.shape == of);
        CHECK(read.values == some);
        CHECK(std::signbit(read.values.back()) == std::signbit(some.back()));
        CHECK(get(folder / "wide.npy").find('\n') % 64 == 63);
    }
    data::save_npy(folder / "scalar.npy", shape{}, std::span(wide).first(1));
    CHECK(data::load_npy<double>(folder / "scalar.npy").values == numbers{0.1});
    for (const shape& wrong : {shape{3}, shape{-2, -2}, shape{1LL << 40, 1LL << 40}, shape(65, 1)})
        CHECK(message_of<data::error>([&] {
                  data::save_npy(folder / "no.npy", wrong, std::span(wide));
              }).find("expected as many values as the shape") != std::string::npos);
    CHECK(message_of<data::error>([&] {
              data::save_npy(folder / "no" / "a.npy", shape{4}, std::span(wide));
          }).find("to exist") != std::string::npos);
}

TEST_CASE("numbers that float cannot hold are refused with their place; what it rounds is not") {
    const auto bytes = [](double value) {
        const data::array<double> one{{1}, {value}};
        const temporary_folder folder;
        data::save_npy(folder / "one.npy", one.shape, std::span<const double>(one.values));
        return get(folder / "one.npy");
    };
    CHECK(load<float>(bytes(3.4028235e38)).values[0] == std::numeric_limits<float>::max());
    CHECK(load<float>(bytes(0x1.ffffffp127 - 0x1p80)).values[0] == std::numeric_limits<float>::max());
    CHECK(load<float>(bytes(-0x1.fffffefp127)).values[0] == std::numeric_limits<float>::lowest());
    CHECK(load<float>(bytes(0.1)).values[0] == 0.1F);
    CHECK(std::isinf(load<float>(bytes(-std::numeric_limits<double>::infinity())).values[0]));
    CHECK(complaint<float>(bytes(1e39)) == "expected numbers that float can hold, found 1e+39 at place 0 of the file's "
                                           "values (counted from 0); load it as double");
    CHECK(complaint<float>(bytes(0x1.ffffffp127)).find("expected numbers that float can hold") != std::string::npos);
}

TEST_CASE("what is no such file, and what is in no such file, is refused in a sentence") {
    const auto header = [](const std::string& text) { return complaint(numpys(text, "\1\0\0\0"s)); };
    const auto type = [&](const char* name) { return header(header_of(name, "(1,)")); };
    CHECK(complaint("") == "expected a .npy file, which begins with \\x93NUMPY, found an empty file");
    CHECK(complaint("a,b\n1,2\n") == "expected a .npy file, which begins with \\x93NUMPY, found \"a,b\\x0a1,2\\x0a\"");
    CHECK(complaint("PK\3\4 and more").starts_with("expected a .npy file, found a ZIP archive, such as numpy.savez"));
    CHECK(complaint("\x93NUMPY\4\0more"s) == "expected version 1.0, 2.0 or 3.0 of the format, found 4.0");
    CHECK(complaint("\x93NUMPY\1\0"s) == "the file ends within its header: it is truncated");
    CHECK(complaint(f4.substr(0, 80)) == "expected a header of 118 bytes, found 70: the file is truncated");
    CHECK(complaint("\x93NUMPY\2\0\xff\xff\xff\x7f"s) == "expected a header of at most 65536 bytes, found 2147483647");
    CHECK(
        type("|O").starts_with("header: the elements are Python objects, which are stored as a pickle, and reading one "
                               "runs the code in it; save"));
    for (const char* other : {"<c8", "<U3", "|S5", "<M8[ns]", "<f16", "|V2", "<i3", "", "<", "|f4", "<f", "f44"})
        CHECK_MESSAGE(type(other).starts_with("header: the elements are of type '"), other);
    CHECK(header("{'descr': [('a', '<f4'), ('b', '<i4')], 'fortran_order': False, 'shape': (1,)}")
              .starts_with("header: the elements are records of several fields;"));
    CHECK(header("{'descr': '<i4', 'fortran_order': False}") == "header: expected 'shape', found none");
    CHECK(header("{'descr': '<i4', 'descr': '<i4'}") == "header: expected every name once, found 'descr' twice");
    CHECK(header("{'type': '<i4'}") == "header: expected 'descr', 'fortran_order' and 'shape', found 'type'");
    for (const char* shape : {"(-1,)", "(1.5,)", "(x,)", "1", "[1]", "(1", "(99999999999999999999,)", "(1,,)", "(1 1)"})
        CHECK_MESSAGE(header(header_of("<i4", shape)).starts_with("header: "), shape);
    CHECK(header(header_of("<i4", "(1,)") + " x") == "header: expected nothing after the '}', found \"x\"");
    CHECK(header("__import__('os')") == "header: expected '{' at place 0, found \"__import__('os')\"");
    std::string axes = "(";
    for (int n = 0; n < 65; ++n) axes += "1,";
    const std::string long_header = header_of("<i4", axes + ")"),
                      start = "\x93NUMPY\1\0"s + static_cast<char>(long_header.size()) + '\0';
    CHECK(complaint(start + long_header + "\1\0\0\0"s) == "header: shape: expected at most 64 axes, found more");
    CHECK(complaint(f4.substr(0, f4.size() - 1)) == "expected 24 bytes after the header (shape (3, 2), 4 bytes each), "
                                                    "found 23 in all: the file is truncated; fetch "
                                                    "or save it again");
    CHECK(complaint(f4 + "x") ==
          "expected 24 bytes after the header (shape (3, 2)), found more; save each array in a file "
          "of its own");
    CHECK(complaint(gzip(f4).substr(0, 100)).find("truncated") != std::string::npos);
    const temporary_folder folder;
    CHECK(message_of<data::error>([&] {
              data::load_npy(folder.path());
          }).find("expected a .npy file, found a folder") != std::string::npos);
}

TEST_CASE("memory is taken for what is there, not for what a header announces") {
    const auto announced = [](const char* shape) { return complaint(numpys(header_of("<f8", shape), "12345678")); };
    CHECK(announced("(1000000000000,)").find("found 8 in all: the file is truncated") != std::string::npos);
    CHECK(announced("(9223372036854775807, 9223372036854775807)").find("more than any file holds") !=
          std::string::npos);
    CHECK(announced("(0, 9223372036854775807, 9223372036854775807)").find("found 8") == std::string::npos);
    // A child with half a gigabyte.
    const pid_t child = fork();
    if (child == 0) {
        const rlimit limit{std::size_t{1} << 29U, std::size_t{1} << 29U};
        setrlimit(RLIMIT_AS, &limit);
        const std::string said = complaint(gzip(numpys(header_of("<f8", "(10000000,)"), std::string(1 << 20, 'x'))));
        _exit(said.find("truncated") != std::string::npos ? 0 : 1);
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(status == 0);
}

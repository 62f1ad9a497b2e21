// Data sets by name, folder and files: what is loaded, how it is cut, and what is said where there is none.
#include <hourglass/data/sources.hpp>

#include <hourglass/data/shapes.hpp>

#include "io_folder.hpp"

#include <doctest/doctest.h>

namespace data = hourglass::data;
using namespace hourglass_test;

namespace {

std::string big_endian(int value) {
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(value >> shift & 255));
    return bytes;
}

// Images of 2 x 3 whose pixels all say which image it is, and labels that say it modulo ten.
std::string images(int count) {
    std::string bytes = std::string("\0\0\x08\x03", 4) + big_endian(count) + big_endian(2) + big_endian(3);
    for (int n = 0; n < count; ++n) bytes += std::string(6, static_cast<char>(n));
    return bytes;
}
std::string labels(int count) {
    std::string bytes = std::string("\0\0\x08\x01", 4) + big_endian(count);
    for (int n = 0; n < count; ++n) bytes.push_back(static_cast<char>(n % 10));
    return bytes;
}

}

TEST_CASE("shapes: as many as asked for, training and test images of one seed") {
    const data::split drawn = data::load("shapes", 50, 20);
    const data::split same = data::make_shapes_split(50, 20);
    CHECK(drawn.train.pixels == same.train.pixels);
    CHECK(drawn.test.labels == same.test.labels);
}

TEST_CASE("a pair of files: the last tenth is the test set, labels go with their images") {
    const temporary_folder folder;
    put(folder / "a,b", images(25)); // a comma in a name does not part
    put(folder / "c", labels(25));
    const data::split both = data::load((folder / "a,b").string() + "," + (folder / "c").string());
    CHECK(both.train.count == 23);
    CHECK(both.test.count == 2);
    CHECK(both.test.labels == std::vector<std::uint8_t>{3, 4});
    CHECK(both.test.image(1)[5] == doctest::Approx(24 / 255.0));
    CHECK(both.train.image(22)[0] == doctest::Approx(22 / 255.0));

    const data::split few = data::load((folder / "a,b").string(), 5, 1); // images alone
    CHECK(few.train.count == 5);
    CHECK(few.train.pixels.size() == 5 * 6);
    CHECK(few.train.labels.empty());
    CHECK(few.test.count == 1);
    CHECK(few.test.image(0)[0] == doctest::Approx(23 / 255.0));
}

TEST_CASE("a folder with the four files") {
    const temporary_folder folder;
    put(folder / "train-images-idx3-ubyte", images(7));
    put(folder / "train-labels-idx1-ubyte", labels(7));
    put(folder / "t10k-images-idx3-ubyte", images(3));
    put(folder / "t10k-labels-idx1-ubyte", labels(3));
    const data::split both = data::load(folder.path().string(), 6);
    CHECK(both.train.count == 6);
    CHECK(both.train.labels.size() == 6);
    CHECK(both.test.count == 3);
}

TEST_CASE("what is not there is answered with what there is") {
    const temporary_folder folder;
    const std::string unknown = message_of<data::error>([] { data::load("imagenet"); });
    CHECK(unknown.find("imagenet: expected a data set, found neither a known name nor a folder or file") == 0);
    CHECK(unknown.find("fashion-mnist, shapes, sensors, a FOLDER") != std::string::npos);
    put(folder / "one", images(1));
    put(folder / "nine", images(9));
    CHECK(message_of<data::error>([&] { data::load((folder / "one").string()); }).find("at least 2 images") !=
          std::string::npos);
    CHECK(message_of<data::error>([&] {
              data::load((folder / "nine").string(), 9);
          }).find("expected 9 training images, as asked for, found 8") != std::string::npos);
    CHECK(message_of<data::error>([&] { data::load((folder / "nine").string() + ",nothing"); }).find("nothing") !=
          std::string::npos);
}

TEST_CASE("the default can always be loaded") {
    const std::string source = data::default_source();
    CHECK((source == "fashion-mnist" || source == "shapes"));
    CHECK(data::load(source, 3, 2).test.count == 2);
}

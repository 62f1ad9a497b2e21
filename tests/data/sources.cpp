// Data sets by name, folder and files: what is loaded, how it is cut, and what is said where there is none.
#include <hourglass/data/sources.hpp>

#include <hourglass/data/shapes.hpp>

#include "support/folder.hpp"

#include <array>
#include <stdexcept>
#include <string>

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

    const data::split few = data::load((folder / "a,b").string(), 5, 1); // images only
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

namespace {

// The four files of a data set whose images number `count` for training.
void put_set(const temporary_folder& folder, int count, const std::array<std::string, 4>& names) {
    put(folder / names[0], images(count));
    put(folder / names[1], labels(count));
    put(folder / names[2], images(3));
    put(folder / names[3], labels(3));
}
std::array<std::string, 4> emnist(const std::string& name) {
    const std::string train = "emnist-" + name + "-train-", test = "emnist-" + name + "-test-";
    return {train + "images-idx3-ubyte", train + "labels-idx1-ubyte", test + "images-idx3-ubyte",
            test + "labels-idx1-ubyte"};
}
int count_in(const std::filesystem::path& source) { return data::load(source.string()).train.count; }
std::string complaint(const std::filesystem::path& source) {
    return message_of<data::error>([&] { data::load(source.string()); });
}

}

TEST_CASE("the four files under the names that are about") {
    const std::array<std::string, 4> dots{"train-images.idx3-ubyte", "train-labels.idx1-ubyte",
                                          "t10k-images.idx3-ubyte", "t10k-labels.idx1-ubyte"};
    for (const auto& names : {dots, emnist("letters"),
                              std::array<std::string, 4>{"Train_Images.IDX3-ubyte", "Train_Labels.idx1_ubyte",
                                                         "test_images.idx", "test_labels.idx"}}) {
        const temporary_folder folder;
        put_set(folder, 7, names);
        CHECK(count_in(folder.path()) == 7);
    }
    const temporary_folder folder;
    put_set(folder, 5, emnist("letters"));
    put_set(folder, 6, emnist("digits"));
    CHECK(complaint(folder.path()) == folder.path().string() +
                                          ": expected the files of one data set, found those of emnist-digits, "
                                          "emnist-letters; give one of them, as in " +
                                          (folder / "emnist-digits").string());
    CHECK(count_in(folder / "emnist-letters") == 5);
    CHECK(count_in(folder / "emnist-digits") == 6);
    put_set(folder, 8, dots); // those without a prefix come first
    CHECK(count_in(folder.path()) == 8);
    put(folder / "train-images-idx3-ubyte", images(9)); // and the usual name before others
    put(folder / "train-labels-idx1-ubyte", labels(9));
    CHECK(count_in(folder.path()) == 9);
}

TEST_CASE("where a file is missing, names near it are told") {
    const temporary_folder folder;
    std::filesystem::create_directory(folder / "gzip");
    auto names = emnist("letters");
    put_set(folder, 5, names);
    std::filesystem::rename(folder / names[3], folder / "emnist-letters-test-label-idx1");
    CHECK(
        complaint(folder.path())
            .starts_with(folder.path().string() +
                         ": expected the file emnist-letters-test-labels-idx1-ubyte.gz (or without .gz), found no such "
                         "file; near it are emnist-letters-test-label-idx1; install it"));
    const temporary_folder above;
    std::filesystem::create_directory(above / "gzip");
    for (const std::string& name : emnist("letters")) put(above / ("gzip/" + name), "");
    CHECK(complaint(above.path()).find("; give " + (above / "gzip").string() + ", where such files are, ") !=
          std::string::npos);
    CHECK(complaint(above / "emnist-letters").find("found neither a known name nor a folder or file; give") !=
          std::string::npos);
}

TEST_CASE("extents are asked about before anything is unpacked, and only what is asked for is kept") {
    const temporary_folder folder;
    put(folder / "images", images(100));
    put_set(folder, 7, emnist("letters"));
    for (const std::string& source :
         {(folder / "images").string(), folder.path().string(), std::string("shapes"), std::string("sensors")}) {
        int rows = 0, columns = 0;
        const auto check = [&](int of_rows, int of_columns) {
            rows = of_rows;
            columns = of_columns;
            throw std::runtime_error("no");
        };
        CHECK_THROWS_WITH(data::load(source, 1000000000, 1000000000, check), "no");
        CHECK(rows == (source == "shapes" ? 28 : source == "sensors" ? 48 : 2));
        CHECK(columns == (source == "shapes" ? 28 : 3));
    }
    const data::split some = data::load((folder / "images").string(), 20, 3);
    CHECK(some.train.pixels.capacity() == 20 * 6);
    CHECK(some.test.pixels.capacity() == 3 * 6);
    CHECK(some.test.image(0)[0] == doctest::Approx(90 / 255.0));
}

TEST_CASE("names that are none get a sentence each") {
    const temporary_folder folder;
    put(folder / "images", images(9));
    CHECK(complaint("").starts_with("expected a data set, found an empty name; give fashion-mnist, shapes, "));
    const std::string comma = (folder / "images").string() + ",";
    CHECK(complaint(comma) == comma + ": expected a file of labels after the comma, found nothing; give IMAGES,LABELS, "
                                      "or IMAGES without a comma");
    std::filesystem::create_symlink("round", folder / "round");
    CHECK(complaint(folder / "round").find("nor a folder or file (Too many levels of symbolic links); give") !=
          std::string::npos);
    CHECK(complaint(folder / std::string(300, 'n')).find(" (File name too long); give") != std::string::npos);
    CHECK(complaint(std::string(100000, 'n')).size() < 800);
    CHECK(complaint(folder / "a\nb").find("a\\x0ab: expected") != std::string::npos);
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

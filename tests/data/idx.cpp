#include "hourglass/data/idx.hpp"

#include "support/folder.hpp"
#include "support/gzip.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace data = hourglass::data;
using namespace hourglass_test;

namespace {

std::string big_endian(std::uint32_t n) {
    return {static_cast<char>(n >> 24U), static_cast<char>(n >> 16U), static_cast<char>(n >> 8U), static_cast<char>(n)};
}

std::string levels(std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += static_cast<char>(i * 7 % 256);
    return text;
}

std::string images_file(std::uint32_t count = 3, std::uint32_t rows = 4, std::uint32_t columns = 5) {
    return big_endian(0x803) + big_endian(count) + big_endian(rows) + big_endian(columns) +
           levels(std::size_t{count} * rows * columns);
}

std::string labels_file(std::uint32_t count = 3) { return big_endian(0x801) + big_endian(count) + levels(count); }

// What load_idx says to these bytes, without the path in front.
std::string complaint(const std::string& images) {
    const temporary_folder folder;
    put(folder / "images", images);
    const std::string text = message_of<data::error>([&] { data::load_idx(folder / "images"); });
    const std::string start = (folder / "images").string() + ": ";
    REQUIRE_MESSAGE(text.starts_with(start), text);
    return text.substr(start.size());
}

std::string label_complaint(const std::string& labels) {
    const temporary_folder folder;
    put(folder / "images", images_file());
    put(folder / "labels", labels);
    std::string text = message_of<data::error>([&] { data::load_idx(folder / "images", folder / "labels"); });
    const std::string folder_name = folder.path().string();
    for (auto at = text.find(folder_name); at != std::string::npos; at = text.find(folder_name))
        text.replace(at, folder_name.size() + 1, "");
    return text;
}

}

TEST_CASE("IDX files are read plain and gzipped, whatever their names") {
    const temporary_folder folder;
    const std::string images = images_file();
    const std::string labels = labels_file();
    put(folder / "plain.gz", images);
    put(folder / "packed", gzip(images));
    put(folder / "two-members", gzip(images.substr(0, 30)) + gzip(images.substr(30)));
    put(folder / "labels", gzip(labels));
    for (const char* name : {"plain.gz", "packed", "two-members"}) {
        CAPTURE(name);
        const data::image_set set = data::load_idx(folder / name, folder / "labels");
        CHECK(set.count == 3);
        CHECK(set.rows == 4);
        CHECK(set.columns == 5);
        CHECK(set.features() == 20);
        REQUIRE(set.pixels.size() == 60);
        REQUIRE(set.labels.size() == 3);
        for (std::size_t i = 0; i < 60; ++i) CHECK(set.pixels[i] == static_cast<float>(i * 7 % 256) / 255.0F);
        CHECK(set.labels[2] == 14);
        CHECK(set.image(1).size() == 20);
        CHECK(set.image(1)[0] == set.pixels[20]);
    }
    CHECK(data::load_idx(folder / "packed").labels.empty());
}

TEST_CASE("a file larger than the buffers is read whole") {
    const std::string images = images_file(5000, 28, 28);
    const temporary_folder folder;
    put(folder / "plain", images);
    put(folder / "packed", gzip(images));
    const data::image_set plain = data::load_idx(folder / "plain");
    CHECK(plain.pixels.size() == 5000U * 784U);
    CHECK(plain.pixels == data::load_idx(folder / "packed").pixels);
}

TEST_CASE("a missing file and a folder are named") {
    const temporary_folder folder;
    CHECK(message_of<data::error>([&] { data::load_idx(folder / "none"); }) ==
          (folder / "none").string() +
              ": expected an IDX file, but it cannot be opened: No such file or directory; check the "
              "path and its permissions");
    CHECK(message_of<data::error>([&] { data::load_idx(folder.path()); }) ==
          folder.path().string() + ": expected an IDX file, found a folder; give the path of a file");
}

TEST_CASE("what is no IDX file is refused in words") {
    CHECK(complaint("") == "expected an IDX file of images, found an empty file; fetch or install the file again");
    CHECK(complaint("<html>404</html>") == "expected gzip (first bytes 1f 8b) or plain IDX images (00 00 08 03), found "
                                           "neither: the file begins with 3c 68 74 "
                                           "6d; give an IDX file");
    CHECK(complaint(std::string(1, '\0')) == "expected gzip (first bytes 1f 8b) or plain IDX images (00 00 08 03), "
                                             "found neither: the file begins with 00; give "
                                             "an IDX file");
    CHECK(complaint(gzip("<html>404</html>")) == "expected the magic number 00 00 08 03 of images (unsigned bytes, "
                                                 "rank 3), found 3c 68 74 6d; give an IDX file of "
                                                 "images");
}

TEST_CASE("a wrong magic number is named, and exchanged paths are recognised") {
    CHECK(complaint(labels_file(20)) == "expected the magic number 00 00 08 03 of images (unsigned bytes, rank 3), "
                                        "found 00 00 08 01 (unsigned bytes, rank "
                                        "1); it looks like a file of labels: are the two paths exchanged?");
    CHECK(complaint(gzip(big_endian(0xd03) + levels(40))) ==
          "expected the magic number 00 00 08 03 of images (unsigned bytes, rank 3), found 00 00 0d 03 (floats, rank "
          "3); give "
          "an IDX file of images");
    CHECK(
        label_complaint(gzip(images_file())) ==
        "labels: expected the magic number 00 00 08 01 of labels (unsigned bytes, rank 1), found 00 00 08 03 (unsigned "
        "bytes, rank 3); it looks like a file of images: are the two paths exchanged?");
}

TEST_CASE("truncated files say how much is there") {
    const std::string images = images_file();
    CHECK(complaint(images.substr(0, 10)) ==
          "expected an IDX header of 16 bytes, found only 10: the file is truncated; fetch or install the file again");
    CHECK(complaint(images.substr(0, 75)) == "expected 60 bytes after the header (3 images of 4 x 5), found only 59: "
                                             "the file is truncated; fetch or install the "
                                             "file again");
    CHECK(complaint(gzip(images.substr(0, 75))) == "expected 60 bytes after the header (3 images of 4 x 5), found only "
                                                   "59: the file is truncated; fetch or install the "
                                                   "file again");
    const std::string packed = gzip(images_file(100));
    CHECK(complaint(packed.substr(0, packed.size() - 100))
              .starts_with("expected 2000 bytes after the header (100 images of 4 x 5), found only "));
    CHECK(complaint(packed.substr(0, packed.size() - 100))
              .ends_with(": the gzip stream is truncated; fetch or install the file again"));
    CHECK(complaint(packed.substr(0, packed.size() - 3)) ==
          "expected the check sum that ends a gzip stream, found the end of the file; fetch or install the file again");
    CHECK(complaint(packed.substr(0, 5)) ==
          "expected an IDX header of 16 bytes, found only 0: the file is truncated; fetch or install the file again");
    CHECK(label_complaint(labels_file().substr(0, 10)) == "labels: expected 3 bytes after the header (3 labels), found "
                                                          "only 2: the file is truncated; fetch or install the "
                                                          "file again");
}

TEST_CASE("every truncation of a gzipped file is an error, never a crash or half a data set") {
    const std::string packed = gzip(images_file());
    const temporary_folder folder;
    for (std::size_t size = 0; size < packed.size(); ++size) {
        put(folder / "images", packed.substr(0, size));
        CAPTURE(size);
        CHECK_THROWS_AS(data::load_idx(folder / "images"), data::error);
    }
}

TEST_CASE("trailing data is refused, in the file and after the gzip stream") {
    CHECK(
        complaint(images_file() + "x") ==
        "expected 60 bytes after the header (3 images of 4 x 5), found trailing data; fetch or install the file again");
    CHECK(
        complaint(gzip(images_file() + "x")) ==
        "expected 60 bytes after the header (3 images of 4 x 5), found trailing data; fetch or install the file again");
    CHECK(complaint(gzip(images_file()) + "x") ==
          "expected nothing after the end of the gzip stream, found trailing data; fetch or install the file again");
}

TEST_CASE("corrupt gzip is told by zlib's own reason") {
    std::string packed = gzip(images_file(100));
    std::string wrong = packed;
    wrong[wrong.size() - 6] ^= 1;
    CHECK(complaint(wrong) ==
          "expected an intact gzip stream, found it corrupt: incorrect data check; fetch or install the "
          "file again");
    wrong = packed;
    wrong[wrong.size() - 1] ^= 1;
    CHECK(complaint(wrong) ==
          "expected an intact gzip stream, found it corrupt: incorrect length check; fetch or install the "
          "file again");
    wrong = packed;
    wrong[2] = 7; // an unknown compression method
    CHECK(complaint(wrong) ==
          "expected an intact gzip stream, found it corrupt: unknown compression method; fetch or install "
          "the file again");
}

TEST_CASE("extents that no data set has are refused before anything is read") {
    const auto announced = [](std::uint32_t count, std::uint32_t rows, std::uint32_t columns) {
        return complaint(big_endian(0x803) + big_endian(count) + big_endian(rows) + big_endian(columns));
    };
    const std::string expected =
        "expected 1 to 2147483647 images of 1 to 16384 rows and columns, found a header that announces ";
    CHECK(announced(0, 4, 5) == expected + "0 images of 4 x 5; fetch or install the file again");
    CHECK(announced(3, 0, 5) == expected + "3 images of 0 x 5; fetch or install the file again");
    CHECK(announced(3, 4, 0) == expected + "3 images of 4 x 0; fetch or install the file again");
    CHECK(announced(3, 4, 16385) == expected + "3 images of 4 x 16385; fetch or install the file again");
    CHECK(announced(0xffffffff, 4, 5) == expected + "4294967295 images of 4 x 5; fetch or install the file again");
    CHECK(label_complaint(big_endian(0x801) + big_endian(0)) ==
          "labels: expected 1 to 2147483647 labels, found a header that announces 0 labels; fetch or install the file "
          "again");
    // Extents that pass one by one but of which nothing is there take no memory: 2^59 bytes could not be had.
    CHECK(announced(0x7fffffff, 16384, 16384) == "expected 576460752034988032 bytes after the header (2147483647 "
                                                 "images of 16384 x 16384), found only 0: the file is "
                                                 "truncated; fetch or install the file again");
}

TEST_CASE("a gzip stream that cannot hold what its header claims is refused before it is unpacked") {
    CHECK(
        complaint(gzip(big_endian(0x803) + big_endian(1000000) + big_endian(1000) + big_endian(1000)))
            .starts_with("expected 1000000000000 bytes after the header (1000000 images of 1000 x 1000), found a gzip "
                         "stream that holds "));
    const temporary_folder folder;
    put(folder / "images", gzip(images_file()));
    put(folder / "labels", labels_file());
    const data::image_extents found = data::idx_extents(folder / "images", folder / "labels");
    CHECK(found.count == 3);
    CHECK(found.rows == 4);
    CHECK(found.columns == 5);
}

TEST_CASE("of a file only the images that are asked for are kept, and the rest is checked all the same") {
    const temporary_folder folder;
    const std::string images = images_file(10000, 5, 4);
    put(folder / "images", gzip(images));
    put(folder / "labels", labels_file(10000));
    const data::image_set all = data::load_idx(folder / "images", folder / "labels");
    const std::vector<data::image_range> kept{{3, 2}, {9998, 2}, {0, 10000}, {5, 0}};
    const auto sets = data::load_idx(folder / "images", folder / "labels", kept);
    REQUIRE(sets.size() == 4);
    for (std::size_t n = 0; n < 3; ++n) {
        CHECK(sets[n].count == kept[n].count);
        REQUIRE(sets[n].pixels.size() == 20 * static_cast<std::size_t>(kept[n].count));
        for (int i = 0; i < kept[n].count; ++i) {
            if (!std::ranges::equal(sets[n].image(i), all.image(kept[n].first + i))) FAIL("another image");
            if (sets[n].labels[static_cast<std::size_t>(i)] != all.labels[static_cast<std::size_t>(kept[n].first + i)])
                FAIL("another label");
        }
    }
    CHECK(sets[0].pixels.capacity() < 100);
    CHECK(sets[3].pixels.empty());
    CHECK(message_of<data::error>([&] {
              data::load_idx(folder / "images", {}, std::vector<data::image_range>{{9999, 2}});
          }).ends_with("expected images 9999 to 10000, as asked for, found 10000 images; ask for fewer"));
    put(folder / "images", gzip(images.substr(0, images.size() - 1)));
    CHECK_THROWS_AS(data::load_idx(folder / "images", {}, std::vector<data::image_range>{{0, 1}}), data::error);
}

TEST_CASE("a large file of which little is asked for takes little memory") {
    const temporary_folder folder;
    put(folder / "images", gzip(big_endian(0x803) + big_endian(64) + big_endian(1024) + big_endian(1024) +
                                std::string(std::size_t{64} << 20U, '\0')));
    const pid_t child = fork(); // the most memory that a process has had is counted from its start
    REQUIRE(child >= 0);
    if (child == 0) {
        rusage before{}, after{};
        getrusage(RUSAGE_SELF, &before);
        const auto sets = data::load_idx(folder / "images", {}, std::vector<data::image_range>{{0, 1}});
        getrusage(RUSAGE_SELF, &after);
        _exit(after.ru_maxrss - before.ru_maxrss < 16 * 1024 ? 0 : 1); // kilobytes
    }
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(status == 0);
}

TEST_CASE("what is no plain file is refused, and nobody waits for it") {
    const temporary_folder folder;
    REQUIRE(mkfifo((folder / "pipe").c_str(), 0600) == 0);
    put(folder / "images", images_file());
    std::filesystem::create_symlink("pipe", folder / "link");
    for (const char* name : {"pipe", "link"}) {
        const std::string fault =
            (folder / name).string() + ": expected an IDX file, found a pipe; give the path of a plain file";
        CHECK(message_of<data::error>([&] { data::load_idx(folder / name); }) == fault);
        CHECK(message_of<data::error>([&] { data::load_idx(folder / "images", folder / name); }) == fault);
    }
    for (const char* name : {"/dev/zero", "/dev/null"})
        CHECK(message_of<data::error>([&] { data::load_idx(name); }) ==
              std::string(name) + ": expected an IDX file, found a device; give the path of a plain file");
}

TEST_CASE("names are repeated in part, and without control characters") {
    const std::string text = message_of<data::error>([&] { data::load_idx(std::string(5000, 'x') + "\x1b[2Jend"); });
    CHECK(text.size() < 600);
    CHECK(text.starts_with("xxx"));
    CHECK(text.find("x... (5007 bytes) ...x") != std::string::npos);
    CHECK(text.find("\\x1b[2Jend: expected an IDX file, but it cannot be opened: File name too long") !=
          std::string::npos);
}

TEST_CASE("counts of images and labels must agree") {
    CHECK(label_complaint(labels_file(4)) ==
          "labels: expected 3 labels, one for each image of images, found 4; give the two files of one set");
}

TEST_CASE("a folder is taken for Fashion-MNIST by its four names") {
    const temporary_folder folder;
    CHECK_FALSE(data::fashion_mnist_installed(folder.path()));
    put(folder / "train-images-idx3-ubyte.gz", gzip(images_file(3)));
    put(folder / "train-labels-idx1-ubyte", labels_file(3));
    put(folder / "t10k-images-idx3-ubyte", images_file(2));
    CHECK_FALSE(data::fashion_mnist_installed(folder.path()));
    CHECK(
        message_of<data::error>([&] { data::load_fashion_mnist(folder.path()); }) ==
        folder.path().string() +
            ": expected the file t10k-labels-idx1-ubyte.gz (or without .gz), found no such file; install it with 'apt "
            "install dataset-fashion-mnist', give the folder that holds the four files, or use the built-in data set "
            "'shapes'");
    put(folder / "t10k-labels-idx1-ubyte.gz", gzip(labels_file(2)));
    CHECK(data::fashion_mnist_installed(folder.path()));
    const data::split both = data::load_fashion_mnist(folder.path());
    CHECK(both.train.count == 3);
    CHECK(both.test.count == 2);
    CHECK(both.test.labels.size() == 2);

    put(folder / "t10k-images-idx3-ubyte", images_file(2, 5, 4));
    CHECK(message_of<data::error>([&] { data::load_fashion_mnist(folder.path()); }) ==
          (folder / "t10k-images-idx3-ubyte").string() + ": expected images of 4 x 5, as in " +
              (folder / "train-images-idx3-ubyte.gz").string() + ", found 5 x 4; give the four files of one set");
}

TEST_CASE("Fashion-MNIST as Debian installs it") {
    if (!data::fashion_mnist_installed()) {
        MESSAGE("skipped: the package dataset-fashion-mnist is not installed");
        return;
    }
    const data::split both = data::load_fashion_mnist();
    for (const auto* set : {&both.train, &both.test}) {
        const bool train = set == &both.train;
        CHECK(set->count == (train ? 60000 : 10000));
        CHECK(set->features() == 784);
        REQUIRE(set->labels.size() == static_cast<std::size_t>(set->count));
        std::array<int, 10> of_class{};
        for (const std::uint8_t label : set->labels) {
            REQUIRE(label < 10);
            ++of_class[label];
        }
        for (const int n : of_class) CHECK(n == (train ? 6000 : 1000));
        double sum = 0;
        for (const float level : set->pixels) {
            if (!(level >= 0.0F && level <= 1.0F)) FAIL("a level outside 0..1");
            sum += static_cast<double>(level);
        }
        CHECK(sum / static_cast<double>(set->pixels.size()) == doctest::Approx(train ? 0.2860 : 0.2868).epsilon(1e-3));
    }
    CHECK(both.train.labels[0] == 9); // an ankle boot
}

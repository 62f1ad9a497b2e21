#include "hourglass/io/atomic_file.hpp"

#include "support/folder.hpp"

#include <csignal>
#include <string>

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace io = hourglass::io;
using namespace hourglass_test;

TEST_CASE("a file appears whole, under its name, when it is committed") {
    const temporary_folder folder;
    {
        io::atomic_file file(folder / "a");
        file.write("one ");
        file.write("two");
        CHECK_FALSE(std::filesystem::exists(folder / "a"));
        file.commit();
        CHECK(get(folder / "a") == "one two");
        CHECK(message_of<io::error>([&] { file.commit(); }) ==
              (folder / "a").string() + ": cannot be committed twice or after an error");
        CHECK(message_of<io::error>([&] { file.write("x"); }) ==
              (folder / "a").string() + ": cannot be written to after commit or an error");
    }
    CHECK(get(folder / "a") == "one two");
    io::write_file(folder / "a", "three");
    CHECK(get(folder / "a") == "three");
    CHECK(folder.entries() == 1);
}

TEST_CASE("without commit the old file stays and nothing else is left") {
    const temporary_folder folder;
    put(folder / "a", "good");
    {
        io::atomic_file file(folder / "a");
        file.write("half");
        CHECK(folder.entries() == 2);
    }
    CHECK(get(folder / "a") == "good");
    CHECK(folder.entries() == 1);
}

TEST_CASE("a disk that takes no more leaves the old file and no temporary one") {
    const temporary_folder folder;
    put(folder / "a", "good");
    rlimit before{};
    REQUIRE(getrlimit(RLIMIT_FSIZE, &before) == 0);
    const auto old_action = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{1000, before.rlim_max};
    REQUIRE(setrlimit(RLIMIT_FSIZE, &small) == 0);
    const std::string text = message_of<io::error>([&] { io::write_file(folder / "a", std::string(5000, 'x')); });
    setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, old_action);
    CHECK(text == (folder / "a").string() + ": cannot be written: File too large; what was there before is unchanged");
    CHECK(get(folder / "a") == "good");
    CHECK(folder.entries() == 1);
}

TEST_CASE("names that no file can have are refused in words") {
    const temporary_folder folder;
    const auto complaint = [](const std::filesystem::path& name) {
        return message_of<io::error>([&] { io::write_file(name, "x"); });
    };
    CHECK(complaint(folder / "none/a") == (folder / "none/a").string() + ": expected the folder " +
                                              (folder / "none").string() + " to exist; make it first");
    CHECK(complaint(folder.path()) == folder.path().string() + ": expected the name of a file, found a folder");
    CHECK(complaint(folder / "") == (folder / "").string() + ": expected the name of a file, found that of a folder");
    CHECK(complaint("/dev/null") ==
          "/dev/null: expected a plain file or none, found a device, pipe or socket; give another name");
    CHECK(complaint("") == ": expected the name of a file, found that of a folder");
    if (getuid() != 0) {
        std::filesystem::permissions(folder.path(),
                                     std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
        CHECK(complaint(folder / "a") == (folder / "a").string() +
                                             ": no file can be made in its folder: Permission denied; "
                                             "what was there before is unchanged");
        std::filesystem::permissions(folder.path(), std::filesystem::perms::owner_all);
    }
    CHECK(complaint(folder / std::string(250, 'n'))
              .ends_with(": no file can be made in its folder: File name too long; what "
                         "was there before is unchanged"));
    CHECK(folder.entries() == 0);
}

TEST_CASE("links are followed and permissions kept") {
    const temporary_folder folder;
    put(folder / "target", "old");
    REQUIRE(chmod((folder / "target").c_str(), 0640) == 0);
    std::filesystem::create_symlink("target", folder / "link");
    io::write_file(folder / "link", "new");
    CHECK(std::filesystem::is_symlink(folder / "link"));
    CHECK(get(folder / "target") == "new");
    struct stat status {};
    REQUIRE(stat((folder / "target").c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0640U);
}

TEST_CASE("folders are made with those above them") {
    const temporary_folder folder;
    io::make_folder(folder / "a/b/c");
    io::make_folder(folder / "a/b/c");
    CHECK(std::filesystem::is_directory(folder / "a/b/c"));
    put(folder / "file", "x");
    CHECK(message_of<io::error>([&] {
              io::make_folder(folder / "file");
          }).starts_with((folder / "file").string() + ": the folder cannot be made: "));
    CHECK(message_of<io::error>([] { io::make_folder(""); }) ==
          "expected the name of a folder, found an empty one; give one");
    std::filesystem::create_symlink("round", folder / "round");
    for (const char* name : {"round", "round/below"})
        CHECK(message_of<io::error>([&] { io::make_folder(folder / name); })
                  .starts_with((folder / name).string() +
                               ": the folder cannot be made: Too many levels of symbolic links"));
    CHECK(message_of<io::error>([&] {
              io::make_folder(folder / std::string(300, 'n'));
          }).find(": the folder cannot be made: File name too long; choose") != std::string::npos);
    CHECK(message_of<io::error>([&] { io::write_file(folder / "round/file", "x"); }).find("round") !=
          std::string::npos);
    CHECK(message_of<io::error>([&] { io::write_file(folder / std::string(100000, 'n'), "x"); }).size() < 1000);
    CHECK(message_of<io::error>([&] { io::make_folder(folder / "file/below"); }) ==
          (folder / "file/below").string() +
              ": the folder cannot be made: Not a directory; choose another or see to its permissions");
}

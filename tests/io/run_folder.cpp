// What a reader sees in the folder of a run, at every moment and whoever wrote there before.
#include "hourglass/io/run_folder.hpp"

#include "hourglass/io/atomic_file.hpp"
#include "hourglass/io/png.hpp"
#include "support/folder.hpp"

#include <csignal>
#include <map>
#include <set>
#include <thread>

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace io = hourglass::io;
using namespace hourglass_test;

namespace {

// Files that all hold the same text.
void stage(io::run_folder& out, int epoch, const std::string& text, const std::vector<std::string>& names) {
    const std::filesystem::path to = out.begin(epoch);
    for (const std::string& name : names) io::write_file(to / name, text);
}
const std::vector<std::string> two{"a", "b"};

// What readers see: the texts of all plain files and of links that lead to one, by name; hidden ones left out.
std::map<std::string, std::string> seen(const std::filesystem::path& folder) {
    std::map<std::string, std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        if (const std::string name = entry.path().filename(); name[0] != '.' && entry.is_regular_file())
            found[name] = get(entry.path());
    return found;
}
using files = std::map<std::string, std::string>;

std::set<std::string> epochs_in(const std::filesystem::path& folder) {
    std::set<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(folder / ".epochs"))
        found.insert(entry.path().filename());
    return found;
}

}

TEST_CASE("an epoch appears as a whole when it is published, in the place of the one before") {
    const temporary_folder folder;
    {
        io::run_folder out(folder / "new" / "out", "run");
        stage(out, 1, "one", two);
        CHECK(seen(out.path()).empty());
        out.publish();
        CHECK(seen(out.path()) == files{{"a", "one"}, {"b", "one"}});
        stage(out, 2, "two", {"a", "b", "c"});
        CHECK(seen(out.path()) == files{{"a", "one"}, {"b", "one"}});
        out.publish();
        CHECK(seen(out.path()) == files{{"a", "two"}, {"b", "two"}, {"c", "two"}});
        CHECK(epochs_in(out.path()).size() == 1);
        stage(out, 3, "never", two);
    }
    const std::filesystem::path out = folder / "new" / "out";
    CHECK(seen(out) == files{{"a", "two"}, {"b", "two"}, {"c", "two"}});
    CHECK(epochs_in(out).size() == 1);
    io::run_folder again(out, "run"); // another run, with fewer files: what it does not have goes
    stage(again, 1, "three", {"a"});
    again.publish();
    CHECK(seen(out) == files{{"a", "three"}});
    CHECK_FALSE(std::filesystem::is_symlink(out / "b"));
}

TEST_CASE("files that were written without links are exchanged together too") {
    const temporary_folder folder;
    put(folder / "a", "old");
    put(folder / "b", "old");
    put(folder / "notes", "mine");
    put(folder / ".b.12-3.tmp", "left by a killed run");
    put(folder / ".mine.tmp", "mine");
    io::run_folder out(folder.path(), "run");
    CHECK_FALSE(std::filesystem::exists(folder / ".b.12-3.tmp"));
    CHECK(get(folder / ".mine.tmp") == "mine");
    stage(out, 1, "new", {"a", "b", "c"});
    CHECK(seen(folder.path()) == files{{"a", "old"}, {"b", "old"}, {"notes", "mine"}});
    out.publish();
    CHECK(seen(folder.path()) == files{{"a", "new"}, {"b", "new"}, {"c", "new"}, {"notes", "mine"}});
}

TEST_CASE("files stay or have two names without being copied") {
    const temporary_folder folder;
    io::run_folder out(folder.path(), "run");
    stage(out, 1, "one", two);
    out.name_also("a", "best");
    out.publish();
    stage(out, 2, "two", two);
    out.keep("best");
    out.publish();
    CHECK(seen(folder.path()) == files{{"a", "two"}, {"b", "two"}, {"best", "one"}});
}

TEST_CASE("links that others have put there are not followed") {
    const temporary_folder folder, others;
    put(others / "secret", "theirs");
    const std::filesystem::path out = folder / "out";
    std::filesystem::create_directory(out);
    std::filesystem::create_symlink(others / "secret", out / "a");
    {
        io::run_folder mine(out, "run");
        stage(mine, 1, "new", two);
        mine.publish();
    }
    CHECK(get(others / "secret") == "theirs");
    CHECK(seen(out) == files{{"a", "new"}, {"b", "new"}});
    for (const char* name : {".epochs", ".lock"}) {
        CAPTURE(name);
        const std::filesystem::path trap = folder / (std::string("trap") + name);
        std::filesystem::create_directory(trap);
        std::filesystem::create_symlink(name == std::string(".lock") ? others / "secret" : others.path(), trap / name);
        CHECK_FALSE(message_of<io::error>([&] { io::run_folder mine(trap, "run"); }).starts_with("("));
        CHECK(get(others / "secret") == "theirs");
        CHECK(others.entries() == 1);
    }
}

TEST_CASE("a folder is one process's at a time") {
    const temporary_folder folder;
    int ready[2];
    REQUIRE(pipe(ready) == 0);
    const pid_t child = fork();
    if (child == 0) {
        io::run_folder out(folder.path(), "run");
        stage(out, 1, "child", two);
        out.publish();
        static_cast<void>(!write(ready[1], "x", 1));
        pause();
        _exit(0);
    }
    char x;
    REQUIRE(read(ready[0], &x, 1) == 1);
    CHECK(message_of<io::error>([&] { io::run_folder out(folder.path(), "run"); }) ==
          folder.path().string() + ": in use: process " + std::to_string(child) +
              " writes its results there; wait for it, or choose another folder");
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    const io::run_folder out(folder.path(), "run");
    CHECK(seen(folder.path()) == files{{"a", "child"}, {"b", "child"}});
    for (const int end : ready) close(end);
}

TEST_CASE("killed at any moment, it leaves one whole epoch, and the next run clears up") {
    const temporary_folder folder;
    const std::vector<std::string> names{"a", "b", "c", "d"};
    {
        io::run_folder out(folder.path(), "run");
        stage(out, 1, "first", names);
        out.publish();
    }
    std::set<std::string> found;
    for (int round = 0; round < 40; ++round) {
        const pid_t child = fork();
        if (child == 0) {
            io::run_folder out(folder.path(), "run");
            for (int epoch = 1;; ++epoch) {
                stage(out, epoch, std::to_string(getpid()) + "-" + std::to_string(epoch), names);
                out.publish();
            }
        }
        std::this_thread::sleep_for(std::chrono::microseconds(2000 + round * 3170 % 40000));
        kill(child, SIGKILL);
        waitpid(child, nullptr, 0);
        const files now = seen(folder.path());
        CHECK(now.size() == names.size());
        for (const auto& [name, text] : now) CHECK(text == now.begin()->second);
        if (!now.empty()) found.insert(now.begin()->second);
    }
    CHECK(found.size() > 1); // some came to an epoch
    const io::run_folder out(folder.path(), "run");
    CHECK(epochs_in(folder.path()).size() == 1);
}

TEST_CASE("pictures say of which run and epoch they are") {
    const temporary_folder folder;
    io::run_folder out(folder.path(), "run");
    const std::filesystem::path to = out.begin(7);
    io::write_png(to / "p.png", io::make_picture(3, 2, 1, 100));
    const std::string plain = get(to / "p.png");
    out.publish();
    const std::string labelled = get(folder / "p.png");
    CHECK(labelled.find("tEXtepoch") != std::string::npos);
    CHECK(labelled.find(std::string("tEXtrun") + '\0' + "run") != std::string::npos);
    CHECK(labelled.substr(0, 33) == plain.substr(0, 33));
    CHECK(labelled.ends_with(plain.substr(33)));
    put(folder / "no.png", "words");
    CHECK(message_of<io::error>([&] {
              io::label_png(folder / "no.png", {{"run", "1"}});
          }) == (folder / "no.png").string() + ": expected a PNG file, found something else");
}

TEST_CASE("a picture that is kept has its texts once") {
    const temporary_folder folder;
    io::run_folder out(folder.path(), "run");
    io::write_png(out.begin(1) / "p.png", io::make_picture(2, 2, 1));
    out.publish();
    const std::string before = get(folder / "p.png");
    for (int again = 0; again < 3; ++again) {
        io::write_file(out.begin(1) / "other", "x");
        out.keep_others();
        out.publish();
    }
    CHECK(get(folder / "p.png") == before);
}

TEST_CASE("an epoch has plain files only") {
    const temporary_folder folder;
    io::run_folder out(folder.path(), "run");
    std::filesystem::create_directory(out.begin(1) / "samples");
    CHECK(message_of<io::error>([&] { out.staged(); }) ==
          folder.path().string() + ": expected plain files for an epoch, found samples that is none");
}

TEST_CASE("what another process is about to finish is left to it") {
    const temporary_folder folder;
    const auto name = [&](pid_t process) { return folder / (".w." + std::to_string(process) + "-0.tmp"); };
    const pid_t child = fork();
    if (child == 0) {
        pause();
        _exit(0);
    }
    put(name(child), "x");
    put(name(getpid()), "x");
    { const io::run_folder out(folder.path(), "run"); }
    CHECK(std::filesystem::exists(name(child)));
    CHECK(!std::filesystem::exists(name(getpid())));
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    { const io::run_folder out(folder.path(), "run"); }
    CHECK(!std::filesystem::exists(name(child)));
}

// A program's streams, words and signals, each in a process of its own: what it says where, and with which status.
#include <hourglass/data/sources.hpp>
#include <hourglass/io/command_line.hpp>
#include <hourglass/io/table_options.hpp>

#include "support/folder.hpp"
#include "support/gzip.hpp"

#include <array>
#include <csignal>
#include <cstdio>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace io = hourglass::io;
namespace data = hourglass::data;
using namespace hourglass_test;

namespace {

struct outcome {
    int status; // or 1000 + the signal
    std::string out, err;
};

// Where a stream of the process goes: to a file that is read back, nowhere, or to a disk that is full.
enum class sink { file, closed, full };

void send(int descriptor, sink where, const std::filesystem::path& file) {
    if (where == sink::closed) {
        close(descriptor);
        return;
    }
    const int to = open(where == sink::full ? "/dev/full" : file.c_str(), O_WRONLY | O_CREAT, 0600);
    dup2(to, descriptor);
    close(to);
}

struct streams {
    sink out = sink::file, err = sink::file;
};

template <class Body>
pid_t start(const temporary_folder& folder, std::vector<std::string> words, streams to, Body body) {
    std::fflush(nullptr);
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child != 0) return child;
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) std::signal(number, SIG_DFL);
    send(1, to.out, folder / "out");
    send(2, to.err, folder / "err");
    words.insert(words.begin(), "hourglass-some");
    std::vector<const char*> argv;
    for (const std::string& word : words) argv.push_back(word.c_str());
    io::command_line line({.model = "some", .about = "does something.", .examples = {}, .data = "shapes"});
    const int status = line.run(static_cast<int>(argv.size()), argv.data(), body);
    std::fflush(nullptr);
    _exit(status);
}

outcome end_of(pid_t child, const temporary_folder& folder) {
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    return {WIFSIGNALED(status) ? 1000 + WTERMSIG(status) : WEXITSTATUS(status), get(folder / "out"),
            get(folder / "err")};
}

template <class Body> outcome run(const std::vector<std::string>& words, streams to, Body body) {
    const temporary_folder folder;
    return end_of(start(folder, words, to, body), folder);
}
outcome run(const std::vector<std::string>& words, streams to = {}) {
    return run(words, to, [](const io::training_options&, const data::split&) {});
}

const std::vector<std::string> few{"--train-images", "20", "--test-images", "5", "--epochs", "1"};

// A training of a model that does nothing. Files that it opens are no standard streams.
outcome train_into(const std::filesystem::path& folder, streams to, rlim_t largest_file) {
    std::vector<std::string> words = few;
    words.insert(words.end(), {"--out", folder.string()});
    return run(words, to, [=](const io::training_options& options, const data::split& images) {
        std::FILE* file = std::fopen("/dev/null", "r");
        if (fileno(file) < 3) _exit(99);
        std::fclose(file);
        io::image_task task;
        task.model = "some";
        task.step = [](std::span<const float> batch) -> io::metrics { return {{"loss", io::mean(batch)}}; };
        task.evaluate = [](const data::image_set& set) -> io::metrics { return {{"loss", io::mean(set.pixels)}}; };
        task.draw = [](const data::image_set&, const std::filesystem::path&) {};
        task.weights = [] { return std::vector<io::tensor_record>{{"w", {1000}, std::vector<float>(1000, 1)}}; };
        const rlimit limit{largest_file, RLIM_INFINITY};
        setrlimit(RLIMIT_FSIZE, &limit);
        io::train(options, images, task);
    });
}
outcome train(streams to) {
    const temporary_folder folder;
    const outcome result = train_into(folder / "run", to, RLIM_INFINITY);
    if (result.status != 99) CHECK(std::filesystem::exists(folder / "run/weights.safetensors"));
    return result;
}

}

TEST_CASE("what is lost of the output of a program that went well is no success") {
    const outcome good = train({});
    CHECK(good.status == 0);
    CHECK(good.out.starts_with("some, epoch 1, test:"));
    CHECK(good.err.starts_with("epoch 1/1  train loss"));
    for (const sink lost : {sink::closed, sink::full}) {
        const outcome without_out = train({lost, sink::file});
        CHECK(without_out.status == 1);
        CHECK(without_out.err.find("hourglass-some: standard output: cannot be written to: ") != std::string::npos);
        const outcome without_err = train({sink::file, lost});
        CHECK(without_err.status == 1);
        CHECK(without_err.out == good.out.substr(0, without_err.out.find("\ntrained")) +
                                     without_err.out.substr(without_err.out.find("\ntrained")));
        CHECK(train({lost, lost}).status == 1);
        CHECK(run({"--help"}, {lost, sink::file}).status == 1);
    }
    CHECK(run({"--help"}, {sink::file, sink::full}).status == 0); // nothing was to be said there
}

TEST_CASE("a file that may not grow so large is an error in words, and what was there stays") {
    const temporary_folder folder;
    CHECK(train_into(folder / "run", {}, RLIM_INFINITY).status == 0);
    const std::string before = get(folder / "run/weights.safetensors");
    const outcome limited = train_into(folder / "run", {}, 2000);
    CHECK(limited.status == 1);
    CHECK(limited.err.find("weights.safetensors: cannot be written: File too large; what was there before is "
                           "unchanged") != std::string::npos);
    CHECK(get(folder / "run/weights.safetensors") == before);
    CHECK(get(folder / "run/metrics.json").find("\"epoch\": 1") != std::string::npos);
}

TEST_CASE("a mistake keeps its status where nobody can be told") {
    for (const sink lost : {sink::closed, sink::full}) {
        CHECK(run({"--epochs", "0"}, {sink::file, lost}).status == 2);
        CHECK(run({"--data", "nowhere"}, {sink::file, lost}).status == 1);
        CHECK(run({"--data", "nowhere"}, {lost, lost}).status == 1);
        CHECK(run(few, {sink::file, lost}, [](const io::training_options&, const data::split&) {
                  throw std::runtime_error("no");
              }).status == 1);
    }
}

TEST_CASE("words that are none get a sentence each, whatever their length") {
    const auto complaint = [](const std::vector<std::string>& words, int status) {
        const outcome found = run(words);
        CHECK(found.status == status);
        CHECK(found.out.empty());
        REQUIRE(found.err.starts_with("hourglass-some: "));
        CHECK(found.err.size() < 1300);
        CHECK(found.err.find('\n') == found.err.size() - 1);
        return found.err;
    };
    CHECK(complaint({"--data", ""}, 2).find("expected a data set, found ''") != std::string::npos);
    CHECK(complaint({"--data="}, 2).find("--data") != std::string::npos);
    CHECK(complaint({"--out", ""}, 2).find("expected the name of a folder, found ''") != std::string::npos);
    CHECK(complaint({"--threads", "4096"}, 2).find("expected a whole number from 1 to 1024, found '4096'") !=
          std::string::npos);
    const std::string huge(100000, '7');
    for (const std::vector<std::string>& words : {std::vector<std::string>{"--epochs", huge},
                                                  {"--learning-rate", huge},
                                                  {"--unknown" + huge},
                                                  {huge},
                                                  {"--seed", "1\x1b[2J" + huge}})
        complaint(words, 2);
    CHECK(complaint({"--seed", "1\x1b[2J"}, 2).find("found '1\\x1b[2J'") != std::string::npos);
    complaint({"--data", huge}, 1);
}

namespace {

std::string header(int count, int side) {
    std::string bytes("\0\0\x08\x03", 4);
    for (const int extent : {count, side, side})
        for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(extent >> shift & 255));
    return bytes;
}

}

TEST_CASE("a signal while images are read ends the program at once") {
    const temporary_folder folder;
    // 800 MB of black images in a file of 1 MB, of which a second and more is spent on reading.
    constexpr int members = 1000, images = 1000;
    const std::string member = gzip(std::string(std::size_t{784} * images, '\0'));
    std::string file = gzip(header(members * images, 28));
    for (int n = 0; n < members; ++n) file += member;
    put(folder / "images", file);
    for (const int number : {SIGTERM, SIGINT, SIGHUP}) {
        const pid_t child = start(folder, {"--data", (folder / "images").string(), "--train-images", "10"}, {},
                                  [](const io::training_options&, const data::split&) {});
        usleep(30000);
        kill(child, number);
        CHECK(end_of(child, folder).status == 1000 + number);
    }
}

TEST_CASE("images of another size are refused before they are unpacked, and a pipe before it is waited for") {
    const temporary_folder folder;
    // Not even the first byte of these images can be had, but the header tells of their size.
    put(folder / "images",
        gzip(header(10, 1024)) + gzip(std::string(100000, '\0')).substr(0, 40) + std::string(20000, 'x'));
    REQUIRE(mkfifo((folder / "pipe").c_str(), 0600) == 0);
    const outcome large = run({"--data", (folder / "images").string()});
    CHECK(large.status == 1);
    CHECK(large.err.find("expected images of 28 x 28, which hourglass-some is compiled for, found 1024 x 1024") !=
          std::string::npos);
    const outcome pipe = run({"--data", (folder / "pipe").string()});
    CHECK(pipe.status == 1);
    CHECK(pipe.err.find("expected an IDX file, found a pipe") != std::string::npos);
}

TEST_CASE("files are read on a stack of 128 KB") {
    const temporary_folder folder;
    put(folder / "images", gzip(header(100, 28) + std::string(std::size_t{784} * 100, 'x')));
    put(folder / "labels", std::string("\0\0\x08\x01\0\0\0\x64", 8) + std::string(100, '\1'));
    const outcome found = [&] {
        const pid_t child = fork();
        REQUIRE(child >= 0);
        if (child == 0) { // the kernel takes a new limit for the growth of the stack from now on
            const rlimit small{128 << 10U, 128 << 10U};
            setrlimit(RLIMIT_STACK, &small);
            const data::split both = data::load((folder / "images").string() + "," + (folder / "labels").string());
            _exit(both.train.count == 90 ? 0 : 1);
        }
        return end_of(child, folder);
    }();
    CHECK(found.status == 0);
}

TEST_CASE("a program's own options are recorded with the values that they have, given or not") {
    const auto recorded = [](std::vector<const char*> words) {
        double beta = 1e-4;
        std::string kind = "gaussian", found;
        io::command_line line({.model = "some", .about = "does something.", .examples = {}, .data = "shapes"});
        line.number("--beta", beta, "A weight", 0, 10);
        line.choice("--kind", kind, "A kind", {"gaussian", "masking"});
        words.insert(words.begin(), {"hourglass-some", "--train-images", "2", "--test-images", "1"});
        CHECK(line.run(static_cast<int>(words.size()), words.data(),
                       [&](const io::training_options& options, const data::split&) { found = options.own; }) == 0);
        return found;
    };
    CHECK(recorded({}) == " --beta 0.0001 --kind gaussian");
    CHECK(recorded({"--beta", "1e-4", "--kind", "gaussian"}) == recorded({}));
    CHECK(recorded({"--beta", "2", "--kind", "masking"}) == " --beta 2 --kind masking");
}

TEST_CASE("a program that loads its own data has its options recorded, and none of images") {
    const auto recorded = [](std::vector<const char*> words, int status = 0) {
        std::string label, found = "(not called)";
        std::vector<std::string> names;
        io::command_line line(
            {.model = "some", .about = "does something.", .examples = {}, .unit = "rows", .own_data = "a CSV file"});
        line.text("--label", label, "A column", "COLUMN");
        line.texts("--leave-out", names, "Columns", "COLUMN");
        words.insert(words.begin(), "hourglass-some");
        CHECK(line.run(static_cast<int>(words.size()), words.data(), [&](const io::training_options& options) {
            found = options.data + ":" + options.own;
        }) == status);
        return found;
    };
    CHECK(recorded({}) == ":");
    CHECK(recorded({"--data", "a.csv", "--label", "b"}) == "a.csv: --label b");
    CHECK(recorded({"--leave-out", "a", "b", "--label", "c", "--leave-out", "d e"}) ==
          ": --label c --leave-out a b d e");
    for (const char* option : {"--train-images", "--test-images", "--validation-images"})
        CHECK(recorded({option, "3"}, 2) == "(not called)");
    CHECK(recorded({"--data", ""}, 2) == "(not called)");
}

TEST_CASE("options of tables become those of the reader and of the encoding") {
    const auto with = [](std::vector<const char*> words, auto check, int status = 0) {
        io::command_line line({.model = "some", .about = "", .examples = {}, .unit = "rows", .own_data = "a CSV file"});
        io::table_options tables(line);
        words.insert(words.begin(), "hourglass-some");
        CHECK(line.run(static_cast<int>(words.size()), words.data(),
                       [&](const io::training_options&) { check(tables); }) == status);
    };
    with({}, [](const io::table_options& tables) {
        CHECK(tables.csv().separator == '\0');
        CHECK(tables.csv().header == data::csv_header::automatic);
        CHECK(tables.csv().decimal == '.');
        CHECK(!tables.csv().keep_missing);
        CHECK(tables.encoding().missing == data::missing_values::refuse);
        CHECK(tables.encoding().unknown == data::unknown_categories::refuse);
        CHECK(tables.validation == 0.1);
    });
    with({"--separator", "semicolon", "--header", "none", "--decimal", "comma", "--missing", "mark", "--unknown",
          "zeros", "--leave-out", "a", "--categories", "b", "c", "--validation", "0.25", "--label", "d"},
         [](const io::table_options& tables) {
             CHECK(tables.csv().separator == ';');
             CHECK(tables.csv().header == data::csv_header::none);
             CHECK(tables.csv().decimal == ',');
             CHECK(tables.csv().keep_missing);
             CHECK(tables.csv().leave_out == std::vector<std::string>{"a"});
             CHECK(tables.csv().categories == std::vector<std::string>{"b", "c"});
             CHECK(tables.encoding().missing == data::missing_values::fill_and_mark);
             CHECK(tables.encoding().unknown == data::unknown_categories::zeros);
             CHECK(tables.validation == 0.25);
             data::encoding how{{}, {{"x"}, {"kind", data::column_kind::categories}}};
             tables.loosen(how);
             CHECK(how.options.missing == data::missing_values::fill); // a mark it did not learn
             CHECK(how.options.unknown == data::unknown_categories::zeros);
             CHECK(tables.csv(how).only == std::vector<std::string>{"d", "x", "kind"});
             CHECK(tables.csv(how).categories == std::vector<std::string>{"kind"});
             CHECK(tables.csv(how).leave_out.empty());
             CHECK(tables.csv(how).separator == ';');
         });
    for (const char* option : {"--separator", "--header", "--decimal", "--missing", "--unknown", "--validation"})
        with(
            {option, "x"}, [](const io::table_options&) { FAIL("a word that is none"); }, 2);
}

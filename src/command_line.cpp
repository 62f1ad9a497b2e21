// The shared options, by CLI11, with our own messages for wrong values.
#include "hourglass/io/command_line.hpp"

#include "hourglass/data/sources.hpp"
#include "hourglass/io/interrupt.hpp"
#include "hourglass/io/standard_streams.hpp"
#include "hourglass/threads/processors.hpp"
#include "quote.hpp"

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <exception>
#include <limits>
#include <new>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace hourglass::io {
namespace {

constexpr int failure = 1;
constexpr int usage_mistake = 2;

// A number as people write it: CLI11 itself reads 010 as eight and -1 as the largest unsigned number.
template <class Number> CLI::Validator within(Number least, Number most) {
    const auto read = [=](std::string& text) {
        Number value{};
        const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (fault != std::errc() || end != text.data() + text.size() || !(value >= least && value <= most))
            return fmt::format("expected a {} from {} to {}, found '{}'",
                               std::is_integral_v<Number> ? "whole number" : "number", least, most, shown(text));
        text = fmt::to_string(value);
        return std::string();
    };
    return {read, ""};
}

CLI::Validator one_of(const std::vector<std::string>& choices) {
    const auto check = [choices](const std::string& text) {
        if (std::find(choices.begin(), choices.end(), text) != choices.end()) return std::string();
        return fmt::format("expected {}, found '{}'", fmt::join(choices, ", "), shown(text));
    };
    return {check, ""};
}

CLI::Validator not_empty(const std::string& what) {
    return {[what](const std::string& text) { return text.empty() ? "expected " + what + ", found ''" : ""; }, ""};
}

constexpr std::size_t most_said = 1000; // bytes: CLI11 repeats words in full

void check_size(int rows, int columns, const program_description& what, const std::string& source) {
    if (rows == what.rows && columns == what.columns) return;
    throw data::error(fmt::format("{}: expected images of {} x {}, which hourglass-{} is compiled for, found {} x {}; "
                                  "give others, or change the extents in examples/{}.cpp",
                                  shown(source), what.rows, what.columns, what.model, rows, columns, what.model));
}

}

struct command_line::parser {
    program_description what;
    training_options options;
    std::vector<std::function<std::string()>> own; // the program's own options with their values
    CLI::App app;

    void record(const std::string& name, const auto& value) {
        own.push_back([name, &value] { return fmt::format(" {} {}", name, value); });
    }
    void record_texts(const std::string& name, const auto& value, auto&& as_text) {
        own.push_back(
            [name, &value, as_text] { return value.empty() ? "" : fmt::format(" {} {}", name, as_text(value)); });
    }
    explicit parser(program_description description) : what(std::move(description)) {
        const std::string name = "hourglass-" + what.model;
        std::string head = fmt::format("{}: {}\n\nExamples:\n", name, what.about);
        for (const std::string& example : what.examples) head += fmt::format("  {}\n", example);
        app.name(name);
        app.description(head);
        app.option_defaults()->always_capture_default()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
        app.set_help_flag("--help,-h", "This text");
        app.get_formatter()->column_width(28);

        options.out = "out/" + what.model;
        options.data = what.data.empty() && what.own_data.empty() ? data::default_source() : what.data;
        options.epochs = what.epochs;
        options.learning_rate = what.learning_rate;
        options.threads = thread_limit::by_default().most;
        constexpr int many = 1000000000;
        app.add_option("--data", options.data,
                       "What to train on: " +
                           (what.own_data.empty() ? std::string(data::known_sources) : what.own_data))
            ->check(not_empty("a data set"))
            ->type_name("DATA");
        app.add_option("--out", options.out, "The folder for pictures, weights.safetensors and metrics.json")
            ->check(not_empty("the name of a folder"))
            ->type_name("FOLDER");
        app.add_option("--epochs", options.epochs, "How often to go through the training " + what.unit)
            ->transform(within(1, many))
            ->type_name("N");
        app.add_option("--patience", options.patience,
                       "Stop after N epochs without a smaller validation loss; 0: run all epochs")
            ->transform(within(0, many))
            ->type_name("N");
        app.add_option("--batch", options.batch, "How many " + what.unit + " per step")
            ->transform(within(1, what.largest_batch))
            ->type_name("N");
        app.add_option("--learning-rate", options.learning_rate, "The learning rate of Adam")
            ->transform(within(0.0, 1e3))
            ->type_name("X");
        app.add_option("--seed", options.seed, "Seeds initial weights, noise and order: same seed, same bits")
            ->transform(within(std::uint64_t{0}, std::numeric_limits<std::uint64_t>::max()))
            ->type_name("N");
        app.add_option("--threads", options.threads, "How many threads to use; the result does not depend on it")
            ->transform(within(1, most_threads))
            ->type_name("N");
        app.add_option("--init", options.init, "Start from the weights in a safetensors file")
            ->check(not_empty("the name of a file"))
            ->type_name("FILE");
        app.add_flag("--resume", options.resume, "Resume the run in the folder, with the same options");
        if (what.own_data.empty()) add_counts_of_images(many);
    }

    void add_counts_of_images(int many) {
        app.add_option("--train-images", options.train_images, "Train on the first N images only; 0: on all")
            ->transform(within(0, many))
            ->type_name("N");
        app.add_option("--test-images", options.test_images, "Test on the first N images only; 0: on all")
            ->transform(within(0, many))
            ->type_name("N");
        app.add_option("--validation-images", options.validation_images,
                       "Hold out the last N training images for choosing the best epoch; 0: use the test images for it")
            ->transform(within(0, many))
            ->type_name("N");
    }

    int run(int argc, const char* const* argv, const std::function<void(const training_options&)>& body) {
        const auto complain = [&](std::string_view mistake) {
            say(stderr, fmt::format("{}: {}\n", app.get_name(), mistake));
        };
        try {
            app.parse(argc, argv);
        } catch (const CLI::Success&) {
            say(stdout, app.help());
            return 0;
        } catch (const CLI::ParseError& mistake) {
            complain(fmt::format("{}; see {} --help", shown(mistake.what(), most_said), app.get_name()));
            return usage_mistake;
        }
        try {
            for (const auto& text : own) options.own += text();
            body(options);
            return interrupted() ? 128 + interrupting_signal() : 0;
        } catch (const std::bad_alloc&) {
            complain(what.own_data.empty() ? "out of memory; use fewer images (--train-images, --test-images)"
                                           : "out of memory; use less data");
        } catch (const std::exception& reason) { complain(reason.what()); }
        return failure;
    }

    data::split load_images() const {
        data::split images = data::load(options.data, options.train_images, options.test_images,
                                        [&](int rows, int columns) { check_size(rows, columns, what, options.data); });
        if (options.validation_images > 0) data::hold_out(images, options.validation_images);
        return images;
    }
};

command_line::command_line(program_description description)
    : parser_(std::make_unique<parser>(std::move(description))) {}

command_line::~command_line() = default;

void command_line::number(const std::string& name, double& value, const std::string& help, double least, double most) {
    parser_->record(name, value);
    parser_->app.add_option(name, value, help)
        ->transform(within(least, most))
        ->type_name("X")
        ->group(parser_->what.model);
}

void command_line::choice(const std::string& name, std::string& value, const std::string& help,
                          const std::vector<std::string>& choices) {
    parser_->record(name, value);
    parser_->app.add_option(name, value, fmt::format("{}: {}", help, fmt::join(choices, ", ")))
        ->check(one_of(choices))
        ->type_name("NAME")
        ->group(parser_->what.model);
}

void command_line::text(const std::string& name, std::string& value, const std::string& help, const std::string& type) {
    parser_->record_texts(name, value, [](const std::string& text) { return text; });
    parser_->app.add_option(name, value, help)->type_name(type)->group(parser_->what.model);
}

void command_line::texts(const std::string& name, std::vector<std::string>& values, const std::string& help,
                         const std::string& type) {
    parser_->record_texts(name, values, [](const auto& texts) { return fmt::format("{}", fmt::join(texts, " ")); });
    parser_->app.add_option(name, values, help)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->default_str("")
        ->type_name(type)
        ->group(parser_->what.model);
}

int command_line::run_in_words(int argc, const char* const* argv,
                               const std::function<void(const training_options&)>& body) {
    open_standard_streams();
    std::signal(SIGXFSZ, SIG_IGN); // exceeding a limit on file sizes is then an error of write, and reported
    const int status = parser_->run(argc, argv, body);
    const std::string lost = lost_output();
    if (lost.empty() || status != 0) return status;
    say(stderr, fmt::format("{}: {}\n", parser_->app.get_name(), lost));
    return failure;
}

int command_line::run(int argc, const char* const* argv,
                      const std::function<void(const training_options&, const data::split&)>& body) {
    return run_in_words(argc, argv, [&](const training_options& options) {
        // A signal while images are read ends the program at once: there is nothing to save.
        const data::split images = parser_->load_images();
        const interrupt_guard guard;
        body(options, images);
    });
}

int command_line::run(int argc, const char* const* argv, const std::function<void(const training_options&)>& body) {
    return run_in_words(argc, argv, body);
}

}

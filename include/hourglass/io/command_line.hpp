// The command line of a program that trains a model: the shared options and the program's own. It loads images; a
// program that trains on other data declares so and loads them itself (for tables, table_options.hpp has the usual
// options). The training itself is in training.hpp and image_training.hpp.
#pragma once

#include "hourglass/data/image_set.hpp"
#include "hourglass/io/image_training.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace hourglass::io {

/// Describes a program, for its help and its defaults.
struct program_description {
    std::string model;                 ///< "variational" for a program called hourglass-variational
    std::string about;                 ///< a sentence or two
    std::vector<std::string> examples; ///< command lines, each with an explanation after two spaces and `#`
    int rows = 28;                     ///< rows of the images that the model is compiled for
    int columns = 28;                  ///< columns of these images
    int largest_batch = 128;           ///< the largest batch that the model is compiled for
    int epochs = 10;                   ///< default of --epochs
    double learning_rate = 1e-3;       ///< default of --learning-rate
    std::string data{};                ///< default of --data; empty: data::default_source()
    std::string unit = "images";       ///< what the examples are called in the help
    /// Set by a program that loads its own data: what --data stands for, "a CSV file". `data` is then the literal
    /// default of --data, and --train-images, --test-images and --validation-images do not exist.
    std::string own_data{};
};

/// The command line of a program.
class command_line {
public:
    /// Declares the shared options.
    explicit command_line(program_description description);
    command_line(const command_line&) = delete;
    command_line& operator=(const command_line&) = delete;
    ~command_line();

    /// Adds a numeric option of the program; `name` begins with "--". The variable's value is the default; the variable
    /// must live until `run` returns. A value outside least..most ends the program with a message that states the
    /// range.
    void number(const std::string& name, double& value, const std::string& help, double least, double most);
    /// Adds an option with a choice of values. Any other value ends the program with a message that lists them.
    void choice(const std::string& name, std::string& value, const std::string& help,
                const std::vector<std::string>& choices);
    /// Adds an option with arbitrary text; `type` stands for it in the help. An empty text does not count as an option
    /// of a run.
    void text(const std::string& name, std::string& value, const std::string& help, const std::string& type);
    /// Adds an option with several texts: after one name, or with the name repeated.
    void texts(const std::string& name, std::vector<std::string>& values, const std::string& help,
               const std::string& type);

    /// Reads the command line, loads the images and calls `body`, which should call `train`. Returns the exit status: 0
    /// for success; 1 for an exception from `body`, whose message is written to standard error; 2 for a wrong command
    /// line; 128 plus the signal's number after a signal. Also 1 if training succeeded but standard output or standard
    /// error lost part of its text.
    int run(int argc, const char* const* argv,
            const std::function<void(const training_options&, const data::split&)>& body);

    /// The same without images, for a program whose description has `own_data`. While `body` loads its data a signal
    /// ends the program; while it trains, it should hold an interrupt_guard.
    int run(int argc, const char* const* argv, const std::function<void(const training_options&)>& body);

private:
    int run_in_words(int argc, const char* const* argv, const std::function<void(const training_options&)>& body);

    struct parser;
    std::unique_ptr<parser> parser_;
};

}

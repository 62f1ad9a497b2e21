// The command line of a program that trains a model: the options that all of them share, and those of its own. It loads
// images; a program that trains on something else says so and loads its data itself: tables, of whose options
// table_options.hpp has the usual ones. The training itself is in training.hpp and image_training.hpp.
#pragma once

#include "hourglass/data/image_set.hpp"
#include "hourglass/io/image_training.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace hourglass::io {

struct program_description {
    std::string model;                 // "variational": the program is called hourglass-variational
    std::string about;                 // a sentence or two
    std::vector<std::string> examples; // each a command line, an explanation after two spaces and #
    int rows = 28;                     // of the images that the model is compiled for
    int columns = 28;
    int largest_batch = 128;
    int epochs = 10; // unless told otherwise, as the two below
    double learning_rate = 1e-3;
    std::string data{};          // what it trains on; empty: data::default_source()
    std::string unit = "images"; // what its examples are, for the help
    // For a program that loads its own data: what --data stands for, "a CSV file". Then the default of --data is `data`
    // as it stands, and there are no --train-images, --test-images and --validation-images.
    std::string own_data{};
};

class command_line {
public:
    explicit command_line(program_description description);
    command_line(const command_line&) = delete;
    command_line& operator=(const command_line&) = delete;
    ~command_line();

    // Options of the program's own: `name` begins with "--". What the variable holds is the default; it must live until
    // `run` returns. A value outside least..most, or none of the choices, ends the program with a message that says
    // what it could be.
    void number(const std::string& name, double& value, const std::string& help, double least, double most);
    void choice(const std::string& name, std::string& value, const std::string& help,
                const std::vector<std::string>& choices);
    // Any text; `type` stands for it in the help. What is empty does not count among the options of a run.
    void text(const std::string& name, std::string& value, const std::string& help, const std::string& type);
    // Several texts after one name, or the name several times.
    void texts(const std::string& name, std::vector<std::string>& values, const std::string& help,
               const std::string& type);

    // Reads the command line, loads the images and calls `body`, which is expected to call `train`. Answers the exit
    // status: 0; 1 where an exception came out of it, whose text is written to standard error; 2 for a command line
    // that is wrong; 128 and the signal's number where one was received. 1, too, where the training went well but
    // standard output or standard error did not take all that was written to them.
    int run(int argc, const char* const* argv,
            const std::function<void(const training_options&, const data::split&)>& body);

    // The same without images, for a program whose description has `own_data`. A signal while `body` loads ends the
    // program; it holds an interrupt_guard while it trains.
    int run(int argc, const char* const* argv, const std::function<void(const training_options&)>& body);

private:
    int run_in_words(int argc, const char* const* argv, const std::function<void(const training_options&)>& body);

    struct parser;
    std::unique_ptr<parser> parser_;
};

}

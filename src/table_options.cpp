#include "hourglass/io/table_options.hpp"

#include <map>

namespace hourglass::io {
namespace {

const std::map<std::string, char> separators{
    {"found", '\0'}, {"comma", ','}, {"semicolon", ';'}, {"tab", '\t'}, {"bar", '|'}};
const std::map<std::string, data::csv_header> headers{
    {"found", data::csv_header::automatic}, {"names", data::csv_header::names}, {"none", data::csv_header::none}};
const std::map<std::string, data::missing_values> missing_words{{"refuse", data::missing_values::refuse},
                                                                {"fill", data::missing_values::fill},
                                                                {"mark", data::missing_values::fill_and_mark}};
const std::map<std::string, data::unknown_categories> unknown_words{{"refuse", data::unknown_categories::refuse},
                                                                    {"zeros", data::unknown_categories::zeros}};

template <class Value> std::vector<std::string> words_of(const std::map<std::string, Value>& choices) {
    std::vector<std::string> words;
    for (const auto& [word, value] : choices) words.push_back(word);
    return words;
}

}

table_options::table_options(command_line& line) {
    line.text("--label", label, "The column that says which rows are positive; the model does not see it", "COLUMN");
    line.text("--positive", positive,
              "Its value in these rows; by default 1, yes or true, with 0, no or false in the others", "VALUE");
    line.texts("--leave-out", leave_out_, "Columns to skip", "COLUMN");
    line.texts("--categories", categories_, "Columns of numbers that are categories", "COLUMN");
    line.choice("--separator", separator_, "The separator between fields", words_of(separators));
    line.choice("--header", header_, "Whether the first line holds the names of the columns", words_of(headers));
    line.choice("--decimal", decimal_, "The decimal sign", {"point", "comma"});
    line.choice("--missing", missing_,
                "What to do with missing values; mark: fill them, and flag them by a further input",
                words_of(missing_words));
    line.choice("--unknown", unknown_, "What to do with categories that do not occur in the training rows",
                words_of(unknown_words));
    line.number("--validation", validation, "The fraction of the rows to hold out for choosing the best epoch", 0, 0.9);
}

data::csv_options table_options::csv() const {
    data::csv_options options;
    options.header = headers.at(header_);
    options.separator = separators.at(separator_);
    options.decimal = decimal_ == "comma" ? ',' : '.';
    options.keep_missing = missing_ != "refuse";
    options.categories = categories_;
    options.leave_out = leave_out_;
    return options;
}

data::encoding_options table_options::encoding(int width) const {
    return {.missing = missing_words.at(missing_), .unknown = unknown_words.at(unknown_), .width = width};
}

void table_options::loosen(data::encoding& how) const {
    if (how.options.missing == data::missing_values::refuse && missing_ != "refuse")
        how.options.missing = data::missing_values::fill;
    if (unknown_ == "zeros") how.options.unknown = data::unknown_categories::zeros;
}

data::csv_options table_options::csv(const data::encoding& how) const {
    std::vector<std::string> also;
    if (!label.empty()) also.push_back(label);
    return data::reading(how, csv(), also);
}

}

// The options of a program that reads tables: what its CSV files look like, which columns count, and what becomes of
// values that are missing.
#pragma once

#include "hourglass/data/csv.hpp"
#include "hourglass/data/encoding.hpp"
#include "hourglass/io/command_line.hpp"

#include <string>
#include <vector>

namespace hourglass::io {

class table_options {
public:
    // Adds them to a command line, until whose end it lives: --label, --positive, --leave-out, --categories,
    // --separator, --header, --decimal, --missing, --unknown and --validation.
    explicit table_options(command_line& line);
    table_options(const table_options&) = delete;
    table_options& operator=(const table_options&) = delete;

    std::string label{};     // the column with the classes, which no model sees; empty: none
    std::string positive{};  // as data::labels_of takes it
    double validation = 0.1; // the share of the rows that is held out

    data::csv_options csv() const;
    data::encoding_options encoding(int width = 0) const; // of rows of so many floats

    // For rows that are scored later: what an encoding learnt to refuse may be allowed, and its columns are read, with
    // the label where it is asked for.
    void loosen(data::encoding& how) const;
    data::csv_options csv(const data::encoding& how) const;

private:
    std::vector<std::string> leave_out_, categories_;
    std::string separator_ = "found", header_ = "found", decimal_ = "point", missing_ = "refuse", unknown_ = "refuse";
};

}

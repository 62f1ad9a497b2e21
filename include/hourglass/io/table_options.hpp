// The options of programs that read tables: the format of CSV files, the columns to use, the treatment of missing
// values.
#pragma once

#include "hourglass/data/csv.hpp"
#include "hourglass/data/encoding.hpp"
#include "hourglass/io/command_line.hpp"

#include <string>
#include <vector>

namespace hourglass::io {

/// The options of a program that reads tables.
class table_options {
public:
    /// Adds --label, --positive, --leave-out, --categories, --separator, --header, --decimal, --missing, --unknown and
    /// --validation to a command line. Must live as long as the command line.
    explicit table_options(command_line& line);
    table_options(const table_options&) = delete;
    table_options& operator=(const table_options&) = delete;

    std::string label{};     ///< the column of the classes, hidden from the model; empty: none
    std::string positive{};  ///< as in data::labels_of
    double validation = 0.1; ///< the fraction of the rows to hold out

    /// Returns the options for reading training rows.
    data::csv_options csv() const;
    /// Returns the options for learning an encoding with `width` floats in a row.
    data::encoding_options encoding(int width = 0) const;

    /// Allows an encoding, for rows scored later, missing values and unknown categories that it learnt to refuse, if
    /// the command line does.
    void loosen(data::encoding& how) const;
    /// Returns the options for reading the columns of an encoding, with the label if there is one.
    data::csv_options csv(const data::encoding& how) const;

private:
    std::vector<std::string> leave_out_, categories_;
    std::string separator_ = "found", header_ = "found", decimal_ = "point", missing_ = "refuse", unknown_ = "refuse";
};

}

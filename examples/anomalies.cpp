// An autoencoder for tables: learns how the columns of ordinary rows are related, and scores each row by how badly it
// is restored.
//
//     h      = relu(W1 x + b1)               x: a row of a CSV file, its numbers standardised, its categories one-hot
//     code   = open * (W2 h + b2)            narrow, so that not every row can be restored
//     back   = relu(W3 code + b3)
//     xhat   = W4 back + b4
//     errors = used * (xhat - x)^2
//     loss   = sum(errors)                   the row's score; the column with the largest error shows what is odd
//
// Sizes are known at compile time: a row has room for 64 floats. `used` is 1 / n for the n floats that the columns take
// and 0 for the others, which then cost nothing and score nothing. `open` does the same for the elements of the code.
#include <hourglass/data/batches.hpp>
#include <hourglass/data/machines.hpp>
#include <hourglass/data/statistics.hpp>
#include <hourglass/hourglass.hpp>
#include <hourglass/io/atomic_file.hpp>
#include <hourglass/io/histogram.hpp>
#include <hourglass/io/standard_streams.hpp>
#include <hourglass/io/table_options.hpp>
#include <hourglass/io/training.hpp>
#include <hourglass/storage/save.hpp>

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

namespace hg = hourglass;
namespace io = hourglass::io;
namespace data = hourglass::data;
using std::filesystem::path;

namespace anomalies {

inline constexpr int width = 64, widest_code = 16;

inline constexpr hg::input<"x", width> x;
inline constexpr hg::argument<"used", width> used;
inline constexpr hg::argument<"open", widest_code> open;
HOURGLASS_SYMBOLS(h, code, back, xhat, errors, loss);

// clang-format off
inline constexpr hg::graph model{
    h      = relu(hg::dense<64>(x)),
    code   = open * hg::dense<widest_code>(h),
    back   = relu(hg::dense<64>(code)),
    xhat   = hg::dense<width>(back),
    errors = used * square(xhat - x),
    loss   = sum(errors),
};
// clang-format on

using trainer = hg::trainer<model, loss, hg::adam, hg::max_rows<128>>;
using evaluation = hg::function<model, hg::to<loss>>;
using restorer = hg::function<model, hg::to<errors, xhat>>;

// The options of this example, besides the shared ones.
struct request {
    const io::table_options& tables;
    double quantile = 0.98; // of the scores of the run's own rows; gives the threshold
    std::string score{};    // a file for a finished run to score
};

// A CSV file, and which of its rows are anomalies, if a column says so.
struct labelled_table {
    data::table rows;
    std::vector<std::uint8_t> labels;
};
labelled_table load(const path& file, const data::csv_options& options, const io::table_options& tables) {
    if (tables.label.empty() && !tables.positive.empty())
        throw data::error("--positive: expected --label too, which names the column that has this value");
    labelled_table read{data::load_csv(file, options), {}};
    if (tables.label.empty()) return read;
    read.labels = data::labels_of(read.rows, read.rows.at(tables.label), tables.positive);
    read.rows.take(tables.label); // hides it from the model
    return read;
}

// Encodes rows for the model, and scores its reconstructions.
class detector {
public:
    // `from` is the source of the columns, for the message.
    detector(data::encoding columns, const io::training_options& chosen, const path& from)
        : how(std::move(columns)), theta(hg::seed = chosen.seed), restore_(hg::threads = chosen.threads) {
        if (how.width() != width)
            throw data::error(
                fmt::format("{}: rows of {} floats, and hourglass-anomalies is compiled for {}; train again",
                            from.string(), how.width(), width));
        const int taken = how.taken();
        std::fill_n(weights.begin(), taken, 1.0F / static_cast<float>(taken));
        std::fill_n(places.begin(), std::clamp(taken / 3, 1, widest_code), 1.0F);
    }

    struct scores {
        std::vector<double> values;
        std::vector<std::size_t> odd; // the column with the largest error
        data::table expected;         // the reconstructed rows
    };
    scores score(const data::table& rows) {
        const std::vector<float> inputs = data::encode(how, rows);
        std::vector<float> error(inputs.size()), restored(inputs.size());
        restore_(theta, x = inputs, used = weights, open = places, hg::into(errors, error), hg::into(xhat, restored));
        scores result{{}, {}, data::decode(how, restored)};
        const std::vector<double> parts = data::sum_by_column(how, error);
        const auto columns = static_cast<std::ptrdiff_t>(how.columns.size());
        for (auto row = parts.begin(); row != parts.end(); row += columns) {
            result.values.push_back(std::accumulate(row, row + columns, 0.0));
            result.odd.push_back(static_cast<std::size_t>(std::max_element(row, row + columns) - row));
        }
        return result;
    }

    data::encoding how;
    hg::parameters<model> theta;
    std::vector<float> weights = std::vector<float>(width), places = std::vector<float>(widest_code); // `used`, `open`

private:
    restorer restore_;
};

// Writes a line for each row: its score, whether it is flagged, and which column is odd: "75 instead of 43.9".
void write_scores(const path& file, const labelled_table& of, const detector::scores& found, double threshold) {
    std::vector<double> numbers, lines, flagged;
    std::vector<std::string> columns, values;
    for (int row = 0; row < of.rows.rows(); ++row) {
        const auto n = static_cast<std::size_t>(row);
        const data::column& restored = found.expected.columns[found.odd[n]];
        const data::column& given = of.rows.at(restored.name);
        numbers.push_back(row + 1);
        lines.push_back(static_cast<double>(of.rows.lines[n]));
        flagged.push_back(found.values[n] > threshold ? 1 : 0);
        columns.push_back(restored.name);
        const std::string was = given.is_missing(row) ? "nothing" : given.text(row),
                          expected = restored.kind == data::column_kind::numbers
                                         ? fmt::format("{:.4g}", restored.numbers[n])
                                         : restored.text(row);
        values.push_back(was == expected ? was : fmt::format("{} instead of {}", was, expected));
    }
    data::save_csv(file, {"scores",
                          {data::make_column("row", numbers), data::make_column("line", lines),
                           data::make_column("score", found.values), data::make_column("flagged", flagged),
                           data::make_column("column", columns), data::make_column("value", values)},
                          {}});
}

void draw_scores(const path& file, const labelled_table& of, const detector::scores& found, double threshold,
                 const std::string& label) {
    io::write_png(file, io::histogram(found.values, of.labels,
                                      {.logarithmic = threshold > 0,
                                       .title = "scores of " + path(of.rows.source).filename().string() +
                                                (label.empty() ? "" : ": the share of each class"),
                                       .names = label.empty() ? std::vector<std::string>{"rows"}
                                                              : std::vector<std::string>{"others", label},
                                       .mark = io::histogram_mark{threshold, "threshold"}}));
}

// "AUROC 0.98, average precision 0.85", or empty without both classes.
std::string quality(const labelled_table& of, const detector::scores& found) {
    const auto positive = std::count(of.labels.begin(), of.labels.end(), 1);
    if (positive == 0 || positive == static_cast<std::ptrdiff_t>(of.labels.size())) return "";
    return fmt::format("AUROC {:.4f}, average precision {:.4f}", data::auroc(found.values, of.labels),
                       data::average_precision(found.values, of.labels));
}

void report(const labelled_table& of, const detector::scores& found, double threshold) {
    const auto flagged =
        std::count_if(found.values.begin(), found.values.end(), [&](double s) { return s > threshold; });
    std::string text = fmt::format("{}: {} of {} rows score above the threshold {:.4g}\n", of.rows.source, flagged,
                                   found.values.size(), threshold);
    if (const std::string about = quality(of, found); !about.empty()) {
        long hits = 0;
        for (std::size_t n = 0; n < of.labels.size(); ++n) hits += of.labels[n] != 0 && found.values[n] > threshold;
        text += fmt::format("{}; {} of {} anomalies are above it\n", about, hits,
                            std::count(of.labels.begin(), of.labels.end(), 1));
    }
    io::say(stdout, text);
}

void train(const io::training_options& chosen, const request& asked, const path& file) {
    const labelled_table all = load(file, asked.tables.csv(), asked.tables);
    if (!all.labels.empty() && std::ranges::count(all.labels, 1) == 0)
        throw data::error(
            fmt::format("{}: expected an anomaly, found none in the column \"{}\"; give it without --label, "
                        "or say by --positive which value they have",
                        file.string(), asked.tables.label));
    data::table training = all.rows, held_out;
    const int count = static_cast<int>(asked.tables.validation * training.rows());
    if (count > 0) held_out = data::hold_out(training, count, chosen.seed);

    // Learnt from all rows: a rare category may occur only in those that are held out.
    detector find(data::fit_encoding(all.rows, asked.tables.encoding(width)), chosen, file);
    trainer train{find.theta, hg::threads = chosen.threads};
    evaluation evaluate{hg::threads = chosen.threads};
    const std::vector<float> rows = data::encode(find.how, training);
    data::row_buffer<float> batch{chosen.batch, width};

    io::training_task task;
    task.model = "anomalies";
    task.unit = "rows";
    task.examples = training.rows();
    task.step = [&](std::span<const int> some) -> io::metrics {
        return {{"loss", train(x = batch.gather(rows, some), used = find.weights, open = find.places,
                               hg::learning_rate = chosen.learning_rate)[loss]}};
    };
    if (count > 0)
        task.validate = [&, others = data::encode(find.how, held_out)]() -> io::metrics {
            std::vector<float> losses(static_cast<std::size_t>(count));
            evaluate(find.theta, x = others, used = find.weights, open = find.places, hg::into(loss, losses));
            return {{"loss", io::mean(losses)}};
        };
    task.draw_best = [&](const path& folder) { // the files that belong with best.safetensors
        const detector::scores found = find.score(all.rows);
        const double threshold = data::quantile(found.values, asked.quantile);
        data::save_encoding(folder / "columns.json", find.how);
        write_scores(folder / "scores.csv", all, found, threshold);
        draw_scores(folder / "scores.png", all, found, threshold, asked.tables.label);
    };
    if (!all.labels.empty()) task.remark = [&] { return quality(all, find.score(all.rows)); };
    hg::store_with(task, find.theta, train);

    const io::interrupt_guard guard;
    const io::training_result ended = io::train(chosen, task);
    if (ended.best_epoch == 0 || ended.why == io::training_end::signal) return;
    hg::load(chosen.out / "best.safetensors", find.theta);
    const detector::scores found = find.score(all.rows);
    report(all, found, data::quantile(found.values, asked.quantile));
}

// Scores a file by a finished run: its columns, its weights, and the threshold from its scores.
void score(const io::training_options& chosen, const request& asked) {
    if (!exists(chosen.out / "columns.json"))
        throw data::error(fmt::format("{}: expected the folder of a run, found no columns.json in it; train one first: "
                                      "--data FILE --out {}",
                                      chosen.out.string(), chosen.out.string()));
    const path run = canonical(chosen.out / "columns.json").parent_path(); // one epoch, even while a training runs
    data::encoding how = data::load_encoding(run / "columns.json");
    asked.tables.loosen(how);
    detector find(how, chosen, run / "columns.json");
    hg::load(run / "best.safetensors", find.theta);
    const data::table before = data::load_csv(run / "scores.csv", {.only = {"score"}});
    const double threshold = data::quantile(before.columns[0].numbers, asked.quantile);

    const labelled_table all = load(asked.score, asked.tables.csv(how), asked.tables);
    const detector::scores found = find.score(all.rows);
    const path to = chosen.out / "scored", name = path(asked.score).stem();
    io::make_folder(to);
    write_scores(to / (name.string() + ".csv"), all, found, threshold);
    draw_scores(to / (name.string() + ".png"), all, found, threshold, asked.tables.label);
    report(all, found, threshold);
    io::say(stdout, fmt::format("the scores are in {0}.csv, their picture in {0}.png\n", (to / name).string()));
}

}

int main(int argc, char** argv) {
    io::command_line line({
        .model = "anomalies",
        .about =
            "trains an autoencoder on the rows of a CSV file, scores each row by how badly it is restored, and flags "
            "those above a threshold. Without --data it simulates measurements of machines, some of them faulty.",
        .examples = {"hourglass-anomalies                          # simulated measurements of machines",
                     "hourglass-anomalies --data machines.csv --label faulty --leave-out time",
                     "hourglass-anomalies --score new.csv          # by the run in out/anomalies"},
        .epochs = 40,
        .learning_rate = 3e-3,
        .unit = "rows",
        .own_data = "a CSV file",
    });
    io::table_options tables(line);
    anomalies::request asked{tables};
    line.number("--quantile", asked.quantile, "The threshold: the fraction of the rows of --data that score below it",
                0, 1);
    line.text("--score", asked.score, "Score the rows of this CSV file by the run in --out, without training", "FILE");
    return line.run(argc, argv, [&](const io::training_options& given) {
        if (!asked.score.empty()) return anomalies::score(given, asked);
        path file = given.data;
        if (file.empty()) {
            io::make_folder(given.out);
            file = given.out / "machines.csv";
            data::save_csv(file, data::make_machines());
            if (tables.label.empty()) tables.label = "faulty";
        }
        anomalies::train(given, asked, file);
    });
}

// The loop over epochs and mini-batches, and when which files are saved.
#include "hourglass/io/training.hpp"

#include "hourglass/data/batches.hpp"
#include "hourglass/io/atomic_file.hpp"
#include "hourglass/io/interrupt.hpp"
#include "hourglass/io/loss_curves.hpp"
#include "hourglass/io/progress.hpp"
#include "hourglass/io/run_folder.hpp"
#include "hourglass/io/standard_streams.hpp"
#include "quote.hpp"
#include "resuming.hpp"
#include "running_means.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iterator>
#include <system_error>
#include <tuple>
#include <utility>

#include <fmt/format.h>
#include <zlib.h>

namespace hourglass::io {
namespace {

constexpr const char *weights_file = "weights.safetensors", *best_file = "best.safetensors",
                     *curves_file = "losses.png";

// A loss this far above its start is no longer being trained.
bool is_far_above(double loss, double first) { return loss > first + 100 * std::abs(first) && loss > 1e-3; }
// Before the first step nothing has changed the parameters, so the learning rate cannot be the cause.
std::string of_the_first_step(const std::string& batch) {
    return fmt::format("no step has changed the parameters yet: look at the model and its first parameters, and at the "
                       "scale of the data{}{}",
                       batch.empty() ? "" : ", ", batch);
}

// The options that decide the weights of a run; and a new run, which is named after them.
std::string options_of(const training_options& o, const training_task& what) {
    std::string text;
    const auto add = [&](std::string_view name, const auto& value) { text += fmt::format(" {} {}", name, value); };
    const auto add_if = [&](bool there, std::string_view name, const auto& value) {
        if (there) add(name, value);
    };
    add_if(!o.data.empty(), "--data", o.data);
    add("--batch", o.batch);
    add("--learning-rate", o.learning_rate);
    add("--seed", o.seed);
    add_if(o.train_images > 0, "--train-images", o.train_images);
    add_if(o.test_images > 0, "--test-images", o.test_images);
    add_if(o.validation_images > 0, "--validation-images", o.validation_images);
    add_if(!o.init.empty(), "--init", o.init.string());
    const bool is_apart = o.own.empty() || o.own.front() == ' ';
    return fmt::format("{}{}{}, {} {}", text.substr(1), is_apart ? "" : " ", o.own, what.examples, what.unit);
}
run_record begun(const std::string& model, const std::string& options) {
    const std::string text = model + " " + options;
    const auto sum = ::crc32(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size()));
    return {.model = model, .run = fmt::format("{:08x}", sum), .options = options};
}

// The minimum that a run needs.
void check(const training_options& options, const training_task& task) {
    const auto need = [](bool there, std::string_view what) {
        if (!there) throw error(fmt::format("training: expected a task with {}", what));
    };
    need(!task.model.empty(), "a model's name");
    need(task.examples > 0, "examples");
    need(task.step != nullptr, "a step");
    need(task.weights != nullptr, "weights, which hg::store_with sets");
    if (options.epochs < 1 || options.batch < 1 || options.patience < 0)
        throw error(
            fmt::format("training: expected epochs and batch of at least 1 and patience of at least 0, found {}, "
                        "{} and {}",
                        options.epochs, options.batch, options.patience));
    if (options.resume) expect_run(options.out);
}

void expect_terms(const std::vector<metric>& found, std::string_view of) {
    if (found.empty()) throw error(fmt::format("training: expected {} to return the loss, found no term", of));
}
// The minimised loss comes first everywhere: an accuracy in its place would keep the worst weights as the best.
void expect_terms(const std::vector<metric>& found, std::string_view of, const std::vector<metric>& of_training) {
    expect_terms(found, of);
    if (found.front().name != of_training.front().name)
        throw error(
            fmt::format("training: expected {} to return \"{}\" first, as a step does, found \"{}\"; what comes "
                        "first is minimised, and chooses the best epoch",
                        of, of_training.front().name, found.front().name));
}

class training {
public:
    training(const training_options& options, const training_task& what)
        : options_(options), what_(what), record_(begun(what.model, options_of(options, what))),
          folder_(options.out, record_.run), order_(what.examples, options.batch, options.seed),
          show_(options.epochs, what.examples, {.unit = what.unit}) {
        if (options.resume)
            go_on();
        else if (!options.init.empty())
            need(what.init, "init")(options.init);
        const std::filesystem::path to = write_epoch(); // finds out before the training what cannot be written
        write_best(to);
        const std::vector<std::string> names = folder_.staged();
        if (!options.resume) return;
        expect_best();
        folder_.adopt(names);
    }

    void run() {
        if (whole_epochs() > options_.epochs)
            show_.note(fmt::format("{} epochs are done already, more than the {} that were asked for", whole_epochs(),
                                   options_.epochs));
        while (whole_epochs() < options_.epochs && !is_out_of_patience() && !interrupted()) {
            epoch_metrics result{whole_epochs() + 1, {}, {}, 0};
            if (!train_epoch(result)) return stop(result);
            check_weights(result.epoch);
            if (what_.validate) result.validation = answer(what_.validate, "validation", result);
            if (what_.test) result.test = answer(what_.test, "the test", result);
            record_.epochs.push_back(result);
            record_.unfinished.reset();
            save();
            show_.end_epoch(result);
            if (what_.remark) show_.note(what_.remark());
            warn_of_divergence(result);
            if (what_.after_epoch && !what_.after_epoch(result)) {
                ended_by_ = training_end::callback;
                show_.note(fmt::format("ended after epoch {}, as the program's own function asked", result.epoch));
                break;
            }
        }
        if (!is_out_of_patience()) return;
        ended_by_ = training_end::patience;
        show_.note(fmt::format("stopped after epoch {}: none of the last {} had a smaller {} loss than epoch {}",
                               whole_epochs(), options_.patience, judge(), record_.best_epoch));
    }

    training_result result() const {
        return {interrupted() ? training_end::signal : ended_by_, whole_epochs(), record_.best_epoch,
                record_.best_loss};
    }

    void report() const {
        if (record_.epochs.empty()) return;
        const epoch_metrics& last = record_.epochs.back();
        double seconds = 0;
        for (const epoch_metrics& e : record_.epochs) seconds += e.seconds;
        std::string text =
            fmt::format("{}, epoch {}, {}:", what_.model, last.epoch, last.test.empty() ? judge() : "test");
        for (const metric& m : last.test.empty() ? judged(last) : last.test)
            text += fmt::format("  {} {:.6g}", m.name, m.value);
        text += fmt::format("\ntrained for {:.1f} s on {} thread{}; weights, metrics and pictures are in {}\n", seconds,
                            options_.threads, options_.threads == 1 ? "" : "s", shown(options_.out));
        if (record_.best_epoch < last.epoch)
            text += fmt::format("epoch {} was the best; its weights are in {}\n", record_.best_epoch, best_file);
        say(stdout, text);
    }

private:
    bool is_out_of_patience() const {
        return options_.patience > 0 && whole_epochs() - record_.best_epoch >= options_.patience;
    }
    int whole_epochs() const { return static_cast<int>(record_.epochs.size()); }

    const std::function<void(const std::filesystem::path&)>&
    need(const std::function<void(const std::filesystem::path&)>& function, const char* option) const {
        if (!function) throw error(fmt::format("{}: the model {} does not say how it is loaded", option, what_.model));
        return function;
    }
    void go_on() {
        run_record found = record_to_resume(options_.out, record_, order_.size(), options_.batch);
        need(what_.load, "resume")(options_.out / trainer_file);
        record_ = std::move(found);
        if (what_.resumed) what_.resumed(examples_seen());
    }
    void expect_best() {
        std::error_code ignored;
        for (const std::string& name : of_best_)
            if (record_.best_epoch > 0 && !std::filesystem::exists(options_.out / name, ignored)) {
                show_.note(fmt::format("there is no {} any more: the best epoch is chosen anew", name));
                record_.best_epoch = 0;
            }
    }
    std::uint64_t examples_seen() const {
        const auto whole = static_cast<std::uint64_t>(whole_epochs()) * static_cast<std::uint64_t>(what_.examples);
        return whole + (record_.unfinished ? static_cast<std::uint64_t>(record_.unfinished->rows) : 0);
    }

    // Returns false if a signal stopped the epoch, which resumes from there later.
    bool train_epoch(epoch_metrics& result) {
        using clock = std::chrono::steady_clock;
        order_.shuffle(static_cast<std::uint64_t>(result.epoch));
        show_.begin_epoch(result.epoch);
        running_means means;
        unfinished_epoch& at = record_.unfinished ? *record_.unfinished : record_.unfinished.emplace();
        if (at.batches > 0) means.go_on_from(at);
        const double before = at.seconds;
        const auto start = clock::now();
        while (at.batches < order_.size()) {
            const std::span<const int> chosen = order_[at.batches];
            const metrics now = what_.step(chosen);
            ++record_.steps;
            ++at.batches;
            check_loss(result.epoch, now);
            means.add(now, chosen.size());
            show_.update(static_cast<std::int64_t>(means.rows()), means.means());
            if (interrupted() && at.batches < order_.size()) break;
        }
        means.write_to(at);
        at.seconds = before + std::chrono::duration<double>(clock::now() - start).count();
        result.seconds = at.seconds;
        result.train = means.means();
        return at.batches == order_.size();
    }

    std::string what_is_kept() const {
        return record_.epochs.empty() ? fmt::format("nothing in {} was changed", shown(options_.out))
                                      : fmt::format("{} has epoch {} of this run", shown(options_.out), whole_epochs());
    }
    // Images were checked before the training; the data of a caller's own task were not.
    std::string cause() const {
        if (record_.steps <= 1) return of_the_first_step(what_.latest_batch ? what_.latest_batch() : "");
        return what_.latest_batch ? "the training diverged: try a smaller learning rate"
                                  : "either the training diverged, and a smaller learning rate helps, or the data hold "
                                    "such a number";
    }
    [[noreturn]] void fail(int epoch, std::string_view what, std::string_view why) const {
        throw error(fmt::format("epoch {}, step {}: {}; {}; {}", epoch, record_.steps, what, why, what_is_kept()));
    }
    void expect_finite(int epoch, const metrics& found, std::string_view of) const {
        for (const metric& m : found)
            if (!std::isfinite(m.value)) // the sign of a NaN says nothing
                fail(epoch,
                     fmt::format("{}{}: expected a finite number, found {}", m.name, of,
                                 std::isnan(m.value) ? std::abs(m.value) : m.value),
                     cause());
    }
    void check_loss(int epoch, const metrics& now) {
        expect_terms(now, "a step");
        expect_finite(epoch, now, "");
        if (record_.steps == 1) record_.first_loss = now.front().value;
    }
    // The terms on data that no step sees.
    metrics answer(const std::function<metrics()>& asked, const std::string& of, const epoch_metrics& epoch) const {
        metrics found = asked();
        expect_terms(found, of, epoch.train);
        expect_finite(epoch.epoch, found, " of " + of);
        return found;
    }
    // The last update may have broken weights that no loss has seen yet.
    void check_weights(int epoch) const {
        for (const tensor_record& tensor : what_.weights())
            std::visit(
                [&](const auto& values) {
                    const auto wrong =
                        std::count_if(values.begin(), values.end(), [](auto x) { return !std::isfinite(x); });
                    if (wrong > 0)
                        fail(epoch,
                             fmt::format("{}: expected finite numbers, but {} of {} are not", tensor.name, wrong,
                                         values.size()),
                             cause());
                },
                tensor.values);
    }
    void warn_of_divergence(const epoch_metrics& result) {
        const metric& loss = result.train.front();
        if (is_far_above(loss.value, record_.first_loss))
            show_.note(
                fmt::format("the {} is {:.4g}, far above the {:.4g} of the first step: the training diverges; try a "
                            "smaller learning rate; {} has the weights of epoch {}",
                            loss.name, loss.value, record_.first_loss, best_file, record_.best_epoch));
    }
    // The files of the last complete epoch stay, next to a trainer that resumes from here.
    void stop(const epoch_metrics& epoch) {
        check_weights(epoch.epoch);
        if (!record_.epochs.empty() && what_.save) {
            write_progress(folder_.begin(whole_epochs()));
            folder_.keep_others();
            folder_.publish();
        }
        show_.note(fmt::format("stopped in epoch {} after step {}; {}{}", epoch.epoch, record_.steps, what_is_kept(),
                               record_.epochs.empty() || !what_.save ? "" : "; it can be resumed from here"));
    }

    void save() {
        const epoch_metrics& last = record_.epochs.back();
        const double loss = judged(last).front().value;
        const bool is_best = record_.best_epoch == 0 || loss < record_.best_loss;
        if (is_best) std::tie(record_.best_epoch, record_.best_loss) = std::pair(last.epoch, loss);
        const std::filesystem::path to = write_epoch();
        if (is_best)
            write_best(to);
        else
            for (const std::string& name : of_best_) folder_.keep(name);
        folder_.publish();
    }
    void write_best(const std::filesystem::path& to) {
        const std::vector<std::string> others = folder_.staged();
        folder_.name_also(weights_file, best_file);
        if (what_.draw_best) what_.draw_best(to);
        of_best_.clear();
        std::ranges::set_difference(folder_.staged(), others, std::back_inserter(of_best_)); // both are sorted
    }
    // The data by which the best epoch is chosen.
    const char* judge() const { return what_.validate ? "validation" : what_.test ? "test" : "training"; }
    const std::vector<metric>& judged(const epoch_metrics& of) const {
        return what_.validate ? of.validation : what_.test ? of.test : of.train;
    }
    // Writes weights, metrics and pictures as they are now, still invisible to readers.
    std::filesystem::path write_epoch() {
        const std::filesystem::path to = folder_.begin(whole_epochs());
        write_safetensors(to / weights_file, what_.weights(), labels());
        if (what_.draw) what_.draw(to);
        write_png(to / curves_file, loss_curves(record_));
        write_progress(to);
        return to;
    }
    void write_progress(const std::filesystem::path& to) {
        write_file(to / metrics_file, metrics_json(record_));
        if (what_.save) what_.save(to / trainer_file, labels());
    }
    std::map<std::string, std::string> labels() const {
        return {{"model", what_.model},
                {"run", record_.run},
                {"epoch", std::to_string(whole_epochs())},
                {"seed", std::to_string(options_.seed)},
                {"steps", std::to_string(record_.steps)}};
    }

    const training_options& options_;
    const training_task& what_;
    run_record record_;
    run_folder folder_;
    data::batches order_;
    std::vector<std::string> of_best_; // the files of the best epoch
    progress show_;
    training_end ended_by_ = training_end::epochs;
};

}

training_result train(const training_options& options, const training_task& what) {
    check(options, what);
    training now(options, what);
    now.run();
    now.report();
    return now.result();
}

namespace {
template <class Number> double mean_of(std::span<const Number> values) {
    double sum = 0;
    for (const Number value : values) sum += static_cast<double>(value);
    return sum / static_cast<double>(values.size());
}
}
double mean(std::span<const float> values) { return mean_of(values); }
double mean(std::span<const double> values) { return mean_of(values); }

}

// The loop over epochs and mini-batches, and what is saved when.
#include "hourglass/io/training.hpp"

#include "hourglass/data/batches.hpp"
#include "hourglass/data/finite.hpp"
#include "hourglass/io/atomic_file.hpp"
#include "hourglass/io/interrupt.hpp"
#include "hourglass/io/progress.hpp"
#include "hourglass/io/run_folder.hpp"
#include "hourglass/io/standard_streams.hpp"
#include "quote.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <tuple>
#include <utility>

#include <fmt/format.h>

namespace hourglass::io {
namespace {

// Means over images of what is given as means over batches.
class running_means {
public:
    void add(const metrics& of_batch, std::size_t rows) {
        if (means_.empty()) {
            means_ = of_batch;
            sums_.assign(of_batch.size(), 0.0);
        }
        rows_ += static_cast<double>(rows);
        for (std::size_t i = 0; i < sums_.size(); ++i) {
            sums_[i] += of_batch[i].value * static_cast<double>(rows);
            means_[i].value = sums_[i] / rows_;
        }
    }
    const metrics& means() const { return means_; }

private:
    metrics means_;
    std::vector<double> sums_;
    double rows_ = 0;
};

// A loss so far above where it began is no longer being trained.
bool is_far_above(double loss, double first) { return loss > first + 100 * std::abs(first) && loss > 1e-3; }
// Before the first step nothing has changed the parameters, so no learning rate is at fault.
std::string of_the_first_step(std::span<const float> batch) {
    float largest = 0;
    for (const float x : batch) largest = std::max(largest, std::abs(x));
    return fmt::format("no step has changed the parameters yet: look at the model and its first parameters, and at the "
                       "scale of the data, whose magnitudes go up to {:g} in these images",
                       largest);
}

class training {
public:
    training(const training_options& options, const data::split& images, const trainable& what)
        : options_(options), images_(images), what_(what), folder_(options.out),
          order_(images.train.count, options.batch, options.seed), rows_(order_.largest(), images.train.features()),
          show_(options.epochs, images.train.count) {
        write_epoch(0); // what cannot be written is found before the training
        folder_.name_also(weights_file, best_file);
        folder_.staged();
    }

    void run() {
        for (int epoch = 1; epoch <= options_.epochs && !interrupted(); ++epoch) {
            epoch_metrics result{epoch, {}, {}, 0};
            if (!train_epoch(epoch, result)) return say_stopped(epoch);
            result.test = what_.evaluate(images_.test);
            check_weights(epoch);
            epochs_.push_back(result);
            save(epoch);
            show_.end_epoch(result);
            if (what_.remark) show_.note(what_.remark());
            warn_of_divergence(result);
            seconds_ += result.seconds;
        }
    }

    void report() const {
        if (epochs_.empty()) return;
        const epoch_metrics& last = epochs_.back();
        std::string text = fmt::format("{}, epoch {}, test:", what_.model, last.epoch);
        for (const metric& m : last.test) text += fmt::format("  {} {:.6g}", m.name, m.value);
        text += fmt::format("\ntrained for {:.1f} s on {} thread{}; weights, metrics and pictures are in {}\n",
                            seconds_, options_.threads, options_.threads == 1 ? "" : "s", shown(options_.out));
        if (best_ < last.epoch) text += fmt::format("epoch {} was the best; its weights are in {}\n", best_, best_file);
        say(stdout, text);
    }

private:
    static constexpr const char *weights_file = "weights.safetensors", *best_file = "best.safetensors";

    // False where a signal stopped it.
    bool train_epoch(int epoch, epoch_metrics& result) {
        using clock = std::chrono::steady_clock;
        order_.shuffle(static_cast<std::uint64_t>(epoch));
        show_.begin_epoch(epoch);
        running_means means;
        std::int64_t done = 0;
        const auto start = clock::now();
        for (int k = 0; k < order_.size(); ++k) {
            const std::span<const int> chosen = order_[k];
            const std::span<const float> batch = rows_.gather(images_.train.pixels, chosen);
            const metrics now = what_.step(batch);
            ++steps_;
            check_loss(epoch, now, batch);
            means.add(now, chosen.size());
            done += static_cast<std::int64_t>(chosen.size());
            show_.update(done, means.means());
            if (interrupted()) return false;
        }
        result.seconds = std::chrono::duration<double>(clock::now() - start).count();
        result.train = means.means();
        return true;
    }

    std::string what_is_kept() const {
        return epochs_.empty() ? fmt::format("nothing in {} was changed", shown(options_.out))
                               : fmt::format("{} has epoch {} of this run", shown(options_.out), epochs_.back().epoch);
    }
    static constexpr const char* diverged = "the training diverged: try a smaller --learning-rate";
    [[noreturn]] void fail(int epoch, std::string_view what, std::string_view why) const {
        throw error(fmt::format("epoch {}, step {}: {}; {}; {}", epoch, steps_, what, why, what_is_kept()));
    }
    void check_loss(int epoch, const metrics& now, std::span<const float> batch) {
        for (const metric& m : now)
            if (!std::isfinite(m.value))
                fail(epoch, fmt::format("{}: expected a finite number, found {}", m.name, m.value),
                     steps_ > 1 ? diverged : of_the_first_step(batch));
        if (steps_ == 1) first_loss_ = now.front().value;
    }
    // The last update may have been one too many, which no loss has seen yet.
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
                             diverged);
                },
                tensor.values);
    }
    void warn_of_divergence(const epoch_metrics& result) {
        const metric& loss = result.train.front();
        if (is_far_above(loss.value, first_loss_))
            show_.note(
                fmt::format("the {} is {:.4g}, far above the {:.4g} of the first step: the training diverges; try a "
                            "smaller --learning-rate; {} has the weights of epoch {}",
                            loss.name, loss.value, first_loss_, best_file, best_));
    }
    void say_stopped(int epoch) {
        show_.note(fmt::format("stopped in epoch {} after step {}; {}", epoch, steps_, what_is_kept()));
    }

    void save(int epoch) {
        const epoch_metrics& last = epochs_.back();
        const double loss = (last.test.empty() ? last.train : last.test).front().value;
        const bool is_best = best_ == 0 || loss < best_loss_;
        if (is_best) std::tie(best_, best_loss_) = std::pair(epoch, loss);
        write_epoch(epoch);
        if (is_best)
            folder_.name_also(weights_file, best_file);
        else
            folder_.keep(best_file);
        folder_.publish();
    }
    // Weights, metrics and pictures as they are now, where no reader sees them yet.
    void write_epoch(int epoch) {
        const std::filesystem::path to = folder_.begin(epoch);
        write_safetensors(to / weights_file, what_.weights(),
                          {{"model", what_.model},
                           {"run", folder_.run()},
                           {"epoch", std::to_string(epoch)},
                           {"seed", std::to_string(options_.seed)},
                           {"steps", std::to_string(steps_)}});
        write_file(to / "metrics.json", metrics_json(what_.model, folder_.run(), epochs_));
        what_.draw(images_.test, to);
    }

    const training_options& options_;
    const data::split& images_;
    const trainable& what_;
    run_folder folder_;
    data::batches order_;
    data::row_buffer<float> rows_;
    progress show_;
    std::vector<epoch_metrics> epochs_;
    std::int64_t steps_ = 0;
    int best_ = 0;
    double seconds_ = 0, first_loss_ = 0, best_loss_ = 0;
};

}

void train(const training_options& options, const data::split& images, const trainable& what) {
    data::check_images(images.train, "training");
    data::check_images(images.test, "test");
    training now(options, images, what);
    now.run();
    now.report();
}

double mean(std::span<const float> values) {
    double sum = 0;
    for (const float value : values) sum += static_cast<double>(value);
    return sum / static_cast<double>(values.size());
}

std::span<const float> first_images(const data::image_set& set, int most) {
    const auto count = static_cast<std::size_t>(std::min(most, set.count));
    return std::span(set.pixels).first(count * static_cast<std::size_t>(set.features()));
}

}

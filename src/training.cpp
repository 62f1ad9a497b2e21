// The loop over epochs and mini-batches, and what is saved when.
#include "hourglass/io/training.hpp"

#include "hourglass/data/batches.hpp"
#include "hourglass/data/finite.hpp"
#include "hourglass/io/atomic_file.hpp"
#include "hourglass/io/interrupt.hpp"
#include "hourglass/io/progress.hpp"
#include "hourglass/io/standard_streams.hpp"
#include "quote.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
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
        : options_(options), images_(images), what_(what), order_(images.train.count, options.batch, options.seed),
          rows_(order_.largest(), images.train.features()), file_(options.out / "metrics.json", what.model),
          show_(options.epochs, images.train.count) {}

    void run() {
        for (int epoch = 1; epoch <= options_.epochs && !interrupted(); ++epoch) {
            epoch_metrics result{epoch, {}, {}, 0};
            if (!train_epoch(epoch, result)) {
                save();
                show_.note(fmt::format("stopped in epoch {} after step {}: weights and pictures are saved as they are "
                                       "now; metrics.json has the {} epochs before",
                                       epoch, steps_, epoch - 1));
                return;
            }
            result.test = what_.evaluate(images_.test);
            file_.append(result);
            show_.end_epoch(result);
            if (what_.remark) show_.note(what_.remark());
            save();
            seconds_ += result.seconds;
        }
    }

    void report() const {
        if (file_.epochs().empty()) return;
        const epoch_metrics& last = file_.epochs().back();
        std::string text = fmt::format("{}, epoch {}, test:", what_.model, last.epoch);
        for (const metric& m : last.test) text += fmt::format("  {} {:.6g}", m.name, m.value);
        say(stdout,
            fmt::format("{}\ntrained for {:.1f} s on {} thread{}; weights, metrics and pictures are in {}\n", text,
                        seconds_, options_.threads, options_.threads == 1 ? "" : "s", shown(options_.out)));
    }

private:
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
            if (!std::isfinite(now.front().value))
                throw error(fmt::format("epoch {}, step {}: {}: expected a finite number, found {}; {}", epoch, steps_,
                                        now.front().name, now.front().value,
                                        steps_ > 1 ? "the training diverged: try a smaller --learning-rate"
                                                   : of_the_first_step(batch)));
            means.add(now, chosen.size());
            done += static_cast<std::int64_t>(chosen.size());
            show_.update(done, means.means());
            if (interrupted()) return false;
        }
        result.seconds = std::chrono::duration<double>(clock::now() - start).count();
        result.train = means.means();
        return true;
    }

    // Weights before pictures: they cost more to make again.
    void save() {
        write_safetensors(
            options_.out / "weights.safetensors", what_.weights(),
            {{"model", what_.model}, {"seed", std::to_string(options_.seed)}, {"steps", std::to_string(steps_)}});
        what_.draw(images_.test, options_.out);
    }

    const training_options& options_;
    const data::split& images_;
    const trainable& what_;
    data::batches order_;
    data::row_buffer<float> rows_;
    metrics_file file_;
    progress show_;
    std::int64_t steps_ = 0;
    double seconds_ = 0;
};

}

void train(const training_options& options, const data::split& images, const trainable& what) {
    data::check_images(images.train, "training");
    data::check_images(images.test, "test");
    make_folder(options.out);
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

// A recurrent autoencoder of simulated sensor series, 48 steps of 3 sensors, with a code of 8 numbers: a gated
// recurrent unit reads a series, and another one writes it from the code, last step first.
//
//     s_t = unit(x_t, s_(t-1))                reads
//     z = W s_T + b                           the code
//     r_t = unit(z, r_(t+1))                  writes
//     xhat_t = W_out r_t + b_out
//     loss = mean (xhat - x)^2
//
// The model is defined in <hourglass/models/recurrent.hpp>. This program trains it.
#include <hourglass/data/sensors.hpp>
#include <hourglass/io/command_line.hpp>
#include <hourglass/io/line_plot.hpp>
#include <hourglass/io/projection.hpp>
#include <hourglass/io/scatter.hpp>
#include <hourglass/models/recurrent.hpp>
#include <hourglass/optim/rules.hpp>
#include <hourglass/program/program.hpp>
#include <hourglass/storage/save.hpp>

namespace hg = hourglass;
namespace io = hourglass::io;

namespace recurrent {

using hg::models::recurrent::code;
using hg::models::recurrent::loss;
using hg::models::recurrent::xhat;

inline constexpr int steps = hg::data::sensor_steps, sensors = hg::data::sensor_count, latent = 8;
inline constexpr auto& x = hg::models::recurrent::x<steps, sensors>;
inline constexpr auto& autoencoder = hg::models::recurrent::model<steps, sensors, 32, latent>;

using trainer = hg::trainer<autoencoder, loss, hg::adam, hg::max_rows<128>>;
using evaluation = hg::function<autoencoder, hg::to<loss>>;
using encoder = hg::function<autoencoder, hg::to<code>>;
using decoder = hg::function<autoencoder, hg::from<code>, hg::to<xhat>>;

void run(const io::training_options& chosen, const hg::data::split& series) {
    hg::parameters<autoencoder> theta{hg::seed = chosen.seed};
    trainer train{theta, hg::threads = chosen.threads};
    evaluation evaluate{hg::threads = chosen.threads};
    encoder encode{hg::threads = chosen.threads};
    decoder decode{hg::threads = chosen.threads};

    io::image_task task;
    task.model = "recurrent";
    task.unit = "series";
    task.step = [&](std::span<const float> batch) -> io::metrics {
        return {{"loss", train(x = batch, hg::learning_rate = chosen.learning_rate)[loss]}};
    };
    task.evaluate = [&](const hg::data::image_set& set) -> io::metrics {
        std::vector<float> total(static_cast<std::size_t>(set.count));
        evaluate(theta, x = set.pixels, hg::into(loss, total));
        return {{"loss", io::mean(total)}};
    };
    task.draw = [&](const hg::data::image_set& test, const std::filesystem::path& folder) {
        std::vector<float> codes(static_cast<std::size_t>(test.count * latent));
        encode(theta, x = test.pixels, hg::into(code, codes));
        const std::span<const float> measured = io::first_images(test, 12);
        const std::size_t count = measured.size() / static_cast<std::size_t>(test.features());
        std::vector<float> written(measured.size());
        decode(theta, code = std::span(codes).first(count * latent), hg::into(xhat, written));
        io::write_png(folder / "reconstructions.png",
                      io::line_plot(measured, written, steps, sensors,
                                    {.title = "measured: discs, reconstructed: lines",
                                     .names = {"deflection", "a quarter turn later", "load"}}));
        io::write_png(folder / "codes.png",
                      io::scatter(io::onto_a_plane(codes, latent), test.labels,
                                  {.title = "codes of the test series, along their two principal axes",
                                   .names = test.class_names}));
    };
    hg::store_with(task, theta, train);
    io::train(chosen, series, task);
}

}

int main(int argc, char** argv) {
    io::command_line line({
        .model = "recurrent",
        .about =
            "trains a recurrent autoencoder on simulated series of 48 steps of 3 sensors, which count as images of "
            "48 x 3, and shows measured series as points, their reconstructions as lines, and their codes.",
        .examples = {"hourglass-recurrent                      # 4000 series, 10 epochs",
                     "hourglass-recurrent --epochs 40 --learning-rate 3e-3 --out /tmp/recurrent"},
        .rows = hg::data::sensor_steps,
        .columns = hg::data::sensor_count,
        .data = "sensors",
    });
    return line.run(argc, argv, recurrent::run);
}

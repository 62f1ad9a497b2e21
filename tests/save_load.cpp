// hg::save and hg::load: what was saved comes back, a loaded trainer goes on bit for bit, and a file that does not fit
// changes nothing.
#include "io_folder.hpp"

#include <hourglass/hourglass.hpp>
#include <hourglass/storage/save.hpp>

#include <algorithm>
#include <cstring>
#include <limits>
#include <map>
#include <string>
#include <type_traits>
#include <vector>

#include <doctest/doctest.h>

namespace hg = hourglass;
namespace io = hourglass::io;
using namespace hourglass_test;

// Noise, state and layers.
namespace noisy {

inline constexpr hg::input<"x", 5> x;
inline constexpr hg::symbol<"h"> h;
inline constexpr hg::symbol<"y"> y;
inline constexpr hg::symbol<"loss"> loss;
inline constexpr hg::symbol<"now"> now;
inline constexpr hg::state<"running", 3> running{0.5};
inline constexpr hg::parameter<"scale"> scale{hg::ones};

inline constexpr hg::graph model{
    h = tanh(hg::dense<3>(x)),
    now = batch_mean(h),
    next(running) = 0.9 * running + 0.1 * now,
    y = hg::dense<5>(h - running + 0.1 * scale * sample(normal(now, exp(running)))),
    loss = mse(y, x),
};

}

// The same names, but other shapes, and without the state.
namespace wider {

inline constexpr hg::input<"x", 5> x;
inline constexpr hg::symbol<"h"> h;
inline constexpr hg::symbol<"y"> y;
inline constexpr hg::symbol<"z"> z;

inline constexpr hg::graph model{
    h = tanh(hg::dense<4>(x)),
    z = hg::dense<2>(x),
    y = hg::dense<5>(h),
};

}

namespace {

using in_double = hg::element<double>;
template <class T> using theta_of = hg::parameters<noisy::model, hg::element<T>>;
template <class T, class Rule> using trainer_of = hg::trainer<noisy::model, noisy::loss, Rule, hg::element<T>>;

// Every bit of the tensors, one after the other.
std::string bits_of(const auto& tensors) {
    std::string bits;
    tensors.for_each([&](const std::string&, const auto& view, bool) {
        bits.append(reinterpret_cast<const char*>(view.data()), view.size() * sizeof(*view.data()));
    });
    return bits;
}

template <class T> std::vector<T> batch_of(int step) {
    std::vector<T> batch;
    for (int i = 0; i < 35; ++i) batch.push_back(static_cast<T>((i * i + 3 * step) % 17) / 17);
    return batch;
}

// Seven rows in each step; answers the loss of the last.
template <class T> T train_steps(auto& train, int first, int count) {
    T loss = 0;
    for (int step = first; step < first + count; ++step) {
        const auto batch = batch_of<T>(step);
        loss = train(noisy::x = batch, hg::learning_rate = 0.05)[noisy::loss];
    }
    return loss;
}

std::string complaint_of(const std::filesystem::path& file, auto& into) {
    const std::string text = message_of<io::error>([&] { hg::load(file, into); });
    REQUIRE_MESSAGE(text.starts_with(file.string() + ": "), text);
    return text.substr(file.string().size() + 2);
}

template <class T, class Rule> void check_resuming() {
    const temporary_folder folder;
    for (const int stop : {0, 1, 4, 9})
        for (const int threads : {1, 2}) {
            CAPTURE(stop);
            CAPTURE(threads);
            theta_of<T> through{hg::seed = 3};
            trainer_of<T, Rule> never_stopped{through, hg::seed = 18446744073709551615U, hg::threads = 1};
            train_steps<T>(never_stopped, 0, stop);
            hg::save(folder / "t", never_stopped);
            const T loss = train_steps<T>(never_stopped, stop, 5);

            theta_of<T> other{hg::seed = 99};
            trainer_of<T, Rule> resumed{other, hg::seed = 4, hg::threads = hg::pinned(threads)};
            train_steps<T>(resumed, 2, 3); // whatever it did before
            const hg::load_result result = hg::load(folder / "t", resumed);
            CHECK((result.left_out.empty() && result.missing.empty() && result.extra.empty()));
            CHECK(resumed.steps() == static_cast<std::uint64_t>(stop));
            CHECK(resumed.noise_seed() == 18446744073709551615U);
            CHECK(train_steps<T>(resumed, stop, 5) == loss);
            CHECK(bits_of(other) == bits_of(through));
            CHECK(bits_of(resumed.state()) == bits_of(never_stopped.state()));
            CHECK(resumed.steps() == static_cast<std::uint64_t>(stop + 5));
        }
    CHECK(folder.entries() == 1);
}

}

TEST_CASE("a loaded trainer goes on bit for bit: adam in float") { check_resuming<float, hg::adam>(); }
TEST_CASE("a loaded trainer goes on bit for bit: adam in double") { check_resuming<double, hg::adam>(); }
TEST_CASE("a loaded trainer goes on bit for bit: rmsprop in float") { check_resuming<float, hg::rmsprop>(); }
TEST_CASE("a loaded trainer goes on bit for bit: momentum_sgd in double") {
    check_resuming<double, hg::momentum_sgd>();
}

TEST_CASE("the noise of a resumed trainer is the saved one's") {
    // Without its seed the test above would not notice whether noise is resumed at all.
    const temporary_folder folder;
    theta_of<float> one{hg::seed = 3}, two{hg::seed = 3};
    trainer_of<float, hg::sgd> first{one, hg::seed = 1}, second{two, hg::seed = 2};
    CHECK(train_steps<float>(first, 0, 1) != train_steps<float>(second, 0, 1));
}

TEST_CASE("parameters and state come back to the bit, under the names of PyTorch's layers") {
    const temporary_folder folder;
    theta_of<float> theta{hg::seed = 5};
    theta[noisy::running](1) = std::numeric_limits<float>::quiet_NaN();
    theta[noisy::running](2) = -std::numeric_limits<float>::infinity();
    theta[noisy::scale]() = -0.0F;
    hg::save(folder / "w", theta);
    const io::safetensors_file file = io::read_safetensors(folder / "w");
    CHECK(file.metadata.empty());
    CHECK(file.tensors.size() == 6);
    REQUIRE(file.find("h.weight") != nullptr);
    CHECK(file.find("h.weight")->shape == std::vector<std::int64_t>{3, 5}); // [out, in]
    CHECK(file.find("h.bias")->shape == std::vector<std::int64_t>{3});
    CHECK(file.find("y.weight")->shape == std::vector<std::int64_t>{5, 3});
    CHECK(file.find("running")->shape == std::vector<std::int64_t>{3});
    CHECK(file.find("scale")->shape.empty());
    CHECK(file.find("h.weight")->f32()[5] == theta[hg::name<"h.weight">](1, 0));

    theta_of<float> back{hg::seed = 6};
    hg::load(folder / "w", back);
    CHECK(bits_of(back) == bits_of(theta));
    theta_of<double> in_more{hg::seed = 6};
    hg::load(folder / "w", in_more);
    CHECK(in_more[hg::name<"h.weight">](2, 3) == static_cast<double>(theta[hg::name<"h.weight">](2, 3)));
    hg::save(folder / "w", in_more);
    CHECK(io::read_safetensors(folder / "w").find("h.bias")->type() == io::dtype::f64);
}

TEST_CASE("double to float is rounded to the nearest, and refused where float has no such number") {
    const temporary_folder folder;
    theta_of<double> theta{hg::seed = 5};
    auto bias = theta[hg::name<"h.bias">];
    bias(0) = 0.1;
    bias(1) = 0x1.fffffefffffffp127; // below halfway to 2^128
    bias(2) = 1e-60;
    hg::save(folder / "w", theta);
    theta_of<float> narrow;
    hg::load(folder / "w", narrow);
    const auto narrow_bias = narrow[hg::name<"h.bias">];
    CHECK(narrow_bias(0) == 0.1F);
    CHECK(narrow_bias(1) == std::numeric_limits<float>::max());
    CHECK(narrow_bias(2) == 0);

    bias(1) = -0x1.ffffffp127;
    hg::save(folder / "w", theta);
    const std::string before = bits_of(narrow);
    CHECK(complaint_of(folder / "w", narrow)
              .starts_with("nothing is loaded, since the file does not fit:\n  \"h.bias\": expected numbers that float "
                           "holds, found -3.402823"));
    CHECK(bits_of(narrow) == before);
    const hg::load_result result = hg::load(folder / "w", narrow, hg::matching_only);
    REQUIRE(result.misfits.size() == 1);
    CHECK(result.misfits[0].name == "h.bias");
    bias(1) = std::numeric_limits<double>::infinity();
    hg::save(folder / "w", theta);
    hg::load(folder / "w", narrow);
    CHECK(narrow_bias(1) == std::numeric_limits<float>::infinity());
}

TEST_CASE("everything that does not fit is named in one error, and nothing is changed") {
    const temporary_folder folder;
    theta_of<float> theta{hg::seed = 5};
    hg::save(folder / "w", theta);
    hg::parameters<wider::model> other{hg::seed = 7};
    const std::string before = bits_of(other);
    CHECK(complaint_of(folder / "w", other) == "nothing is loaded, since the file does not fit:\n"
                                               "  missing \"z.weight\" [2, 5]\n"
                                               "  missing \"z.bias\" [2]\n"
                                               "  \"h.weight\": expected the shape [4, 5], found [3, 5]\n"
                                               "  \"h.bias\": expected the shape [4], found [3]\n"
                                               "  \"y.weight\": expected the shape [5, 4], found [5, 3]\n"
                                               "  extra \"running\" [3], which the model lacks\n"
                                               "  extra \"scale\" [], which the model lacks\n"
                                               "give the file of this model, or load what fits with hg::matching_only");
    CHECK(bits_of(other) == before);

    const hg::load_result result = hg::load(folder / "w", other, hg::matching_only);
    CHECK(result.missing == std::vector<std::string>{"z.weight", "z.bias"});
    CHECK(result.extra == std::vector<std::string>{"running", "scale"});
    REQUIRE(result.misfits.size() == 3);
    CHECK(result.misfits[1].name == "h.bias");
    CHECK(result.misfits[1].reason == "expected the shape [4], found [3]");
    CHECK(std::ranges::equal(other[hg::name<"y.bias">], theta[hg::name<"y.bias">]));
    CHECK(bits_of(other) != before);
}

TEST_CASE("of many that do not fit the first twenty are named, and the rest counted") {
    const temporary_folder folder;
    theta_of<float> theta{hg::seed = 5};
    auto records = hg::records_of(theta);
    for (int i = 100; i < 200; ++i) records.push_back({"t" + std::to_string(i), {}, std::vector<float>{1}});
    io::write_safetensors(folder / "w", records);
    const std::string text = complaint_of(folder / "w", theta);
    CHECK(text.find("extra \"t119\"") != std::string::npos);
    CHECK(text.find("extra \"t120\"") == std::string::npos);
    CHECK(text.find("\n  ... and 80 more\n") != std::string::npos);
}

TEST_CASE("a counter of integers is left out, unless the model has a tensor of its name") {
    const temporary_folder folder;
    theta_of<float> theta{hg::seed = 5}, back{hg::seed = 6};
    hg::save(folder / "w", theta);
    std::string bytes = get(folder / "w");
    const auto put_dtype = [&](const std::string& tensor) { // F32 becomes I32, in as many bytes
        std::string changed = bytes;
        changed[changed.find("F32", changed.find('"' + tensor + '"'))] = 'I';
        put(folder / "w", changed);
    };
    put_dtype("running");
    const std::string before = bits_of(back);
    CHECK(complaint_of(folder / "w", back) == "nothing is loaded, since the file does not fit:\n"
                                              "  \"running\": expected floating-point numbers, found I32\n"
                                              "give the file of this model, or load what fits with hg::matching_only");
    CHECK(bits_of(back) == before);
    hg::parameters<wider::model> other{hg::seed = 7};
    const hg::load_result result = hg::load(folder / "w", other, hg::matching_only);
    REQUIRE(result.left_out.size() == 1);
    CHECK(result.left_out[0].name == "running");
    CHECK(result.left_out[0].dtype == "I32");
    CHECK(result.extra == std::vector<std::string>{"scale"});
}

TEST_CASE("parameters are loaded from a trainer's file, whose optimiser is passed over") {
    const temporary_folder folder;
    theta_of<double> theta{hg::seed = 5};
    trainer_of<double, hg::adam> train{theta, hg::seed = 1};
    train_steps<double>(train, 0, 3);
    hg::save(folder / "t", train);
    const io::safetensors_file file = io::read_safetensors(folder / "t");
    CHECK(file.find("h.weight.first_moment") != nullptr);
    CHECK(file.metadata.at("hourglass.steps") == "3");
    CHECK(file.metadata.at("hourglass.noise_seed") == "1");
    theta_of<double> back{hg::seed = 6};
    const hg::load_result result = hg::load(folder / "t", back);
    CHECK(result.extra.empty());
    CHECK(bits_of(back) == bits_of(theta));
    hg::parameters<wider::model> other;
    for (const std::string& name : hg::load(folder / "t", other, hg::matching_only).extra)
        CHECK(name.find("moment") == std::string::npos);
}

TEST_CASE("a file without the optimiser's tensors is no trainer's, and an error names them") {
    const temporary_folder folder;
    theta_of<float> theta{hg::seed = 5};
    trainer_of<float, hg::momentum_sgd> train{theta, hg::seed = 1};
    train_steps<float>(train, 0, 3);
    hg::save(folder / "w", theta);
    const std::string parameters = bits_of(theta), state = bits_of(train.state());
    std::string wanted = "nothing is loaded, since the file does not fit:\n"
                         "  missing __metadata__.hourglass.steps\n"
                         "  missing __metadata__.hourglass.noise_seed\n";
    for (const auto& tensor : hg::make_records<float>([&](auto&& f) { train.state().for_each(f); }))
        wanted += "  missing \"" + tensor.name + "\" " +
                  (tensor.shape.empty() ? "[]"
                   : tensor.shape.size() == 1
                       ? "[" + std::to_string(tensor.shape[0]) + "]"
                       : "[" + std::to_string(tensor.shape[0]) + ", " + std::to_string(tensor.shape[1]) + "]") +
                  "\n";
    wanted += "give the file of this trainer, or load what fits with hg::matching_only, or the parameters of any file "
              "with hg::load(file, theta)";
    CHECK(wanted.find("\"h.weight.velocity\" [3, 5]") != std::string::npos);
    CHECK(complaint_of(folder / "w", train) == wanted);

    trainer_of<float, hg::sgd> plain{theta, hg::seed = 1}; // which has no such tensors, but a position
    CHECK(complaint_of(folder / "w", plain).find("missing __metadata__.hourglass.steps\n") != std::string::npos);
    hg::save(folder / "w", train);
    CHECK(complaint_of(folder / "w", plain).find("extra \"h.weight.velocity\" [3, 5]") != std::string::npos);
    CHECK(bits_of(theta) == parameters);
    CHECK(bits_of(train.state()) == state);
    CHECK(train.steps() == 3);
    CHECK(plain.steps() == 0);
}

TEST_CASE("with matching_only a trainer takes what fits, its position too, and says what did not") {
    const temporary_folder folder;
    theta_of<float> theta{hg::seed = 5}, other{hg::seed = 6};
    trainer_of<float, hg::momentum_sgd> train{theta, hg::seed = 1}, again{other, hg::seed = 2};
    train_steps<float>(train, 0, 3);
    hg::save(folder / "t", train);
    hg::load_result result = hg::load(folder / "t", again, hg::matching_only);
    CHECK(result.missing.empty());
    CHECK(result.misfits.empty());
    CHECK(bits_of(other) == bits_of(theta));
    CHECK(bits_of(again.state()) == bits_of(train.state()));
    CHECK(again.steps() == 3);
    CHECK(again.noise_seed() == 1);

    // Weights alone: the optimiser and the position stay.
    theta_of<float> third{hg::seed = 8};
    trainer_of<float, hg::momentum_sgd> fresh{third, hg::seed = 9};
    const std::string state = bits_of(fresh.state());
    hg::save(folder / "w", theta);
    result = hg::load(folder / "w", fresh, hg::matching_only);
    CHECK(bits_of(third) == bits_of(theta));
    CHECK(bits_of(fresh.state()) == state);
    CHECK(fresh.steps() == 0);
    CHECK(fresh.noise_seed() == 9);
    const auto names = [&](const std::string& name) {
        return std::count(result.missing.begin(), result.missing.end(), name);
    };
    CHECK(names("h.weight.velocity") == 1);
    CHECK(names("__metadata__.hourglass.steps") == 1);
    CHECK(names("__metadata__.hourglass.noise_seed") == 1);

    io::write_safetensors(folder / "n", hg::records_of(theta),
                          {{"hourglass.steps", "many"}, {"hourglass.noise_seed", "4"}});
    result = hg::load(folder / "n", fresh, hg::matching_only);
    REQUIRE(result.misfits.size() == 1);
    CHECK(result.misfits[0].name == "__metadata__.hourglass.steps");
    CHECK(fresh.steps() == 0);
    CHECK(fresh.noise_seed() == 4);
}

TEST_CASE("wrong metadata of a trainer's file is refused in words") {
    const temporary_folder folder;
    theta_of<float> theta{hg::seed = 5};
    trainer_of<float, hg::sgd> train{theta, hg::seed = 1};
    const auto with = [&](std::map<std::string, std::string> metadata) {
        metadata.emplace("hourglass.noise_seed", "7");
        io::write_safetensors(folder / "t", hg::records_of(theta), metadata);
        return complaint_of(folder / "t", train);
    };
    for (const char* steps : {"", "-1", "1.5", " 1", "1 ", "18446744073709551616", "0x1"}) {
        CAPTURE(steps);
        CHECK(with({{"hourglass.steps", steps}})
                  .find("__metadata__.hourglass.steps: expected a whole number below 2^64, found \"" +
                        std::string(steps) + "\"") != std::string::npos);
    }
    CHECK(with({{"hourglass.noise_seed", "seven"}, {"hourglass.steps", "1"}}).find("found \"seven\"") !=
          std::string::npos);
    for (const char* names : {"", "{}", "[1]", "h.weight", "[\"a\""}) {
        io::write_safetensors(folder / "t", hg::records_of(theta), {{"hourglass.optimiser_tensors", names}});
        CHECK(complaint_of(folder / "t", theta) ==
              "__metadata__.hourglass.optimiser_tensors: expected a JSON list of names, found \"" + std::string(names) +
                  "\"");
    }
}

TEST_CASE("a trainer's file holds all of the parameters, those that it does not train included") {
    const temporary_folder folder;
    theta_of<float> theta{hg::seed = 5}, back{hg::seed = 6};
    hg::trainer<noisy::model, noisy::loss, hg::adam, hg::trains<noisy::scale>> train{theta, hg::seed = 1};
    hg::save(folder / "t", train);
    CHECK(io::read_safetensors(folder / "t").tensors.size() == 6 + 2);
    decltype(train) again{back, hg::seed = 1};
    hg::load(folder / "t", again);
    CHECK(bits_of(back) == bits_of(theta));
}

namespace {

// What a trainer can be made with instead of hg::parameters.
struct held_elsewhere {
    using element_type = float;
    theta_of<float> theta{hg::seed = 5};
    float* find(std::uint64_t hash) { return theta.find(hash); }
    const float* find(std::uint64_t hash) const { return theta.find(hash); }
};

}

TEST_CASE("a trainer saves and loads parameters that are held elsewhere") {
    const temporary_folder folder;
    held_elsewhere own;
    trainer_of<float, hg::sgd> train{own, hg::seed = 1};
    hg::save(folder / "t", train);
    theta_of<float> back{hg::seed = 6};
    hg::load(folder / "t", back);
    CHECK(bits_of(back) == bits_of(own.theta));
    const std::string saved = bits_of(back);
    train_steps<float>(train, 0, 1);
    CHECK(bits_of(own.theta) != saved);
    hg::load(folder / "t", train);
    CHECK(bits_of(own.theta) == saved);
}

TEST_CASE("saving replaces a file whole or not at all") {
    const temporary_folder folder;
    theta_of<float> theta{hg::seed = 5};
    CHECK(message_of<io::error>([&] { hg::save(folder / "none" / "w", theta); }).find("make it first") !=
          std::string::npos);
    put(folder / "w", "older");
    hg::save(folder / "w", theta);
    CHECK(io::read_safetensors(folder / "w").tensors.size() == 6);
    CHECK(folder.entries() == 1);
}

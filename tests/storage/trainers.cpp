// hg::save and hg::load of trainers: a loaded one goes on bit for bit, and a file that does not fit changes nothing.
#include "storage/saving.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>

#include <doctest/doctest.h>

namespace {

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

    // Weights only: the optimiser and the position stay.
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

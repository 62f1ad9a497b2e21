// The example anomalies, end to end: on the table that it draws, on tables that it has not seen, and scoring only.
#include "examples/example_run.hpp"

#define main example_main
#include "../../examples/anomalies.cpp"
#undef main

using namespace hourglass_test;

namespace {

int run(const std::filesystem::path& out, std::vector<std::string> more) {
    std::vector<std::string> words{"example", "--out", out.string()};
    words.insert(words.end(), more.begin(), more.end());
    return run_main(example_main, words);
}

std::vector<double> scores_of(const std::filesystem::path& file) {
    return hg::data::load_csv(file, {.only = {"score"}}).columns[0].numbers;
}

// Readings that hang together, among them a few that do not: an anomaly where `code` is X.
std::string readings(int rows, char separator, const std::string& quote) {
    std::string text;
    const auto line = [&](std::vector<std::string> fields) {
        for (std::size_t n = 0; n < fields.size(); ++n)
            text += (n == 0 ? "" : std::string(1, separator)) + quote + fields[n] + quote;
        text += "\r\n";
    };
    line({"time", "a, b", "twice", "half", "line", "code"});
    for (int n = 0; n < rows; ++n) {
        const int a = n * 7919 % 101, is_odd = n % 50 == 7;
        const std::string gap = separator == ';' && n % 11 == 3 ? "NA" : fmt::format("{}", 2 * a);
        line({fmt::format("{:02}:{:02}", n / 60, n % 60), fmt::format("{}", a), gap,
              fmt::format("{}", is_odd ? 120 - a : a / 2), a > 50 ? "two" : "one", is_odd ? "X" : "ok"});
    }
    return text;
}

}

TEST_CASE("anomalies: the drawn machines are scored, and the files of a run are there") {
    const temporary_folder folder;
    REQUIRE(run(folder / "run", {"--epochs", "12"}) == 0);
    const auto all = nlohmann::ordered_json::parse(get(folder / "run/metrics.json"));
    CHECK(all.at("model") == "anomalies");
    CHECK(all.at("epochs").size() == 12);
    check_weights(folder / "run/weights.safetensors", {{"h.weight", {64, 64}},
                                                       {"h.bias", {64}},
                                                       {"code.weight", {16, 64}},
                                                       {"code.bias", {16}},
                                                       {"back.weight", {64, 16}},
                                                       {"back.bias", {64}},
                                                       {"xhat.weight", {64, 64}},
                                                       {"xhat.bias", {64}}});
    for (const char* picture : {"losses.png", "scores.png"}) check_picture(folder / "run" / picture);

    const hg::data::table machines = hg::data::load_csv(folder / "run/machines.csv");
    const hg::data::table scores = hg::data::load_csv(folder / "run/scores.csv");
    REQUIRE(scores.rows() == machines.rows());
    const std::vector<std::uint8_t> faulty = hg::data::labels_of(machines, machines.at("faulty"));
    CHECK(hg::data::auroc(scores.at("score").numbers, faulty) > 0.93);
    CHECK(hg::data::average_precision(scores.at("score").numbers, faulty) > 0.8);
    const auto& flagged = scores.at("flagged").numbers;
    CHECK(std::accumulate(flagged.begin(), flagged.end(), 0.0) == 80); // two in a hundred of 4000
    CHECK(scores.at("row").numbers[7] == 8);
    CHECK(scores.at("line").numbers[7] == 9);

    // The same rows score the same by the finished run, to the bit, and others are scored too.
    REQUIRE(run(folder / "run", {"--score", (folder / "run/machines.csv").string()}) == 0);
    CHECK(scores_of(folder / "run/scored/machines.csv") == scores.at("score").numbers);
    check_picture(folder / "run/scored/machines.png");
    put(folder / "new.csv", "power,kind,site,temperature,pressure,vibration,speed,load,note\n"
                            "19.03,compressor,north,43.95,5.33,2.48,2476,0.43,usual\n"
                            "19.03,compressor,north,75,5.33,2.48,2476,0.43,hot\n"
                            "19.03,compressor,north,1e300,5.33,2.48,2476,0.43,beyond\n");
    REQUIRE(run(folder / "run", {"--score", (folder / "new.csv").string()}) == 0);
    const hg::data::table found = hg::data::load_csv(folder / "run/scored/new.csv");
    CHECK(found.at("flagged").numbers == std::vector<double>{0, 1, 1});
    CHECK(found.at("column").text(1) == "temperature");
    CHECK(found.at("value").text(1).starts_with("75 instead of "));
    CHECK(std::isfinite(found.at("score").numbers[2]));
}

TEST_CASE("anomalies: a run that is stopped and resumed leaves the same files, and the scores are those of the best "
          "weights") {
    const temporary_folder folder;
    REQUIRE(run(folder / "whole", {"--epochs", "11"}) == 0);
    REQUIRE(run(folder / "parts", {"--epochs", "10"}) == 0);
    REQUIRE(run(folder / "parts", {"--epochs", "11", "--resume"}) == 0);
    for (const char* file : {"weights.safetensors", "best.safetensors", "columns.json"})
        CHECK_MESSAGE(get(folder / "whole" / file) == get(folder / "parts" / file), file);
    CHECK(scores_of(folder / "whole/scores.csv") == scores_of(folder / "parts/scores.csv"));
    REQUIRE(run(folder / "whole", {"--score", (folder / "whole/machines.csv").string()}) == 0);
    CHECK(scores_of(folder / "whole/scored/machines.csv") == scores_of(folder / "whole/scores.csv"));
}

TEST_CASE("anomalies: tables with commas, semicolons, quotes and gaps that it has not seen") {
    const temporary_folder folder;
    for (const char separator : {',', ';'})
        for (const std::string quote : {"\"", "'"}) {
            if (separator == ',' && quote == "'") continue; // a name has a comma in it
            CAPTURE(separator);
            const std::string plain = quote == "'" ? "" : quote;
            const auto file = folder / "readings.csv", out = folder / "run";
            put(file, readings(500, separator, plain));
            REQUIRE(run(out, {"--data", file.string(), "--label", "code", "--positive", "X", "--leave-out", "time",
                              "--missing", separator == ';' ? "mark" : "refuse", "--epochs", "20", "--batch", "16",
                              "--learning-rate", "1e-2"}) == 0);
            const hg::data::table table = hg::data::load_csv(file, {.keep_missing = true, .leave_out = {"time"}});
            const auto labels = hg::data::labels_of(table, table.at("code"), "X");
            CHECK(hg::data::auroc(scores_of(out / "scores.csv"), labels) > 0.95);
            put(file, readings(7, separator, plain)); // without an anomaly
            CHECK(run(out, {"--score", file.string(), "--label", "code", "--positive", "X"}) == 0);
            const hg::data::encoding how = hg::data::load_encoding(out / "columns.json");
            CHECK(how.taken() == (separator == ';' ? 6 : 5));
            CHECK(how.width() == 64);
            CHECK(how.columns[0].name == "a, b");
        }
}

TEST_CASE("anomalies: what cannot be trained on or scored is refused, and the run stays as it was") {
    const temporary_folder folder;
    std::string wide, values;
    for (int n = 0; n < 70; ++n) {
        wide += fmt::format("{}c{}", n == 0 ? "" : ",", n);
        values += fmt::format("{}{}", n == 0 ? "" : ",", n);
    }
    put(folder / "wide.csv", wide + "\n" + values + "\n" + values + "\n");
    put(folder / "mixed.csv", "a,b\n1,2\nx,3\n");
    put(folder / "good.csv", readings(200, ',', "\""));
    const std::string out = (folder / "run").string();
    CHECK(run(out, {"--data", (folder / "wide.csv").string()}) == 1);
    CHECK(run(out, {"--data", (folder / "mixed.csv").string()}) == 1);
    CHECK(run(out, {"--data", folder.path().string()}) == 1);
    CHECK(run(out, {"--data", (folder / "good.csv").string(), "--label", "none"}) == 1);
    CHECK(run(out, {"--score", (folder / "good.csv").string()}) == 1); // by no run
    CHECK(run(out, {"--positive", "X"}) == 1);
    CHECK(run(out, {"--data", (folder / "good.csv").string(), "--label", "code", "--positive", "Y"}) == 1);
    CHECK(run(out, {"--separator", "dash"}) == 2);
    CHECK(run(out, {"--train-images", "7"}) == 2);
    const std::vector<std::string> good{
        "--data", (folder / "good.csv").string(), "--leave-out", "time", "code", "--epochs", "2", "--validation", "0"};
    REQUIRE(run(out, good) == 0);
    const std::string before = get(folder / "run/scores.csv");
    put(folder / "unknown.csv", "\"a, b\",twice,half,line\n1,2,0,three\n");
    CHECK(run(out, {"--score", (folder / "unknown.csv").string()}) == 1);
    CHECK(run(out, {"--score", (folder / "unknown.csv").string(), "--unknown", "zeros"}) == 0);
    put(folder / "gap.csv", "\"a, b\",twice,half,line\n1,,0,one\n");
    CHECK(run(out, {"--score", (folder / "gap.csv").string()}) == 1);
    CHECK(run(out, {"--score", (folder / "gap.csv").string(), "--missing", "fill"}) == 0);
    CHECK(get(folder / "run/scores.csv") == before);
    put(folder / "rare.csv", "a,b\n1,x\n2,y\n3,z\n4,u\n5,v\n6,w\n"); // each category once
    CHECK(run(folder / "rare", {"--data", (folder / "rare.csv").string(), "--epochs", "1", "--validation", "0.5"}) ==
          0);
    put(folder / "constant.csv", "a,b\n1,x\n1,x\n1,x\n1,x\n");
    CHECK(run(folder / "constant",
              {"--data", (folder / "constant.csv").string(), "--epochs", "1", "--validation", "0.3"}) == 0);
}

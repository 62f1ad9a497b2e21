#include "hourglass/io/tensor_exchange.hpp"

#include "safetensors_header.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace hourglass::io {
namespace {

using nlohmann::json;
using std::filesystem::path;

constexpr const char* steps_key = "hourglass.steps";
constexpr const char* seed_key = "hourglass.noise_seed";
constexpr const char* optimiser_key = "hourglass.optimiser_tensors";

constexpr std::size_t most_lines = 20; // of an error

std::string text_of(std::span<const std::int64_t> shape) { return fmt::format("[{}]", fmt::join(shape, ", ")); }

// The place of the first finite value that would become an infinity: from halfway between the largest float and 2^128,
// rounding goes up.
std::optional<std::size_t> first_too_large(std::span<const double> values) {
    const auto at = std::find_if(values.begin(), values.end(),
                                 [](double v) { return std::isfinite(v) && std::abs(v) >= 0x1.ffffffp127; });
    if (at == values.end()) return std::nullopt;
    return static_cast<std::size_t>(at - values.begin());
}

// Explains why the file's tensor does not fit; empty if it does.
std::string misfit_of(const tensor_target& target, const tensor_record& found) {
    if (found.shape != target.shape)
        return fmt::format("expected the shape {}, found {}", text_of(target.shape), text_of(found.shape));
    const auto* wide = std::get_if<std::vector<double>>(&found.values);
    if (wide != nullptr && std::holds_alternative<std::span<float>>(target.values))
        if (const auto at = first_too_large(*wide))
            return fmt::format("expected numbers that float holds, found {} as value {}; load it into double",
                               (*wide)[*at], *at);
    return {};
}

void copy_values(const tensor_record& from, const tensor_target& into) {
    std::visit(
        [](const auto& values, auto to) {
            using To = typename decltype(to)::element_type;
            if constexpr (std::is_same_v<To, typename std::remove_cvref_t<decltype(values)>::value_type>) {
                if (!to.empty()) std::memcpy(to.data(), values.data(), to.size_bytes()); // keeps the bits of a NaN
            } else {
                std::transform(values.begin(), values.end(), to.begin(), [](auto v) { return static_cast<To>(v); });
            }
        },
        from.values, into.values);
}

// A file's tensors by name. Sorted rather than hashed, for the reason in safetensors_header.cpp.
template <class Named> class by_name {
public:
    explicit by_name(std::span<const Named> all) {
        for (const Named& one : all) order_.push_back(&one);
        std::sort(order_.begin(), order_.end(), [](const auto* a, const auto* b) { return a->name < b->name; });
    }
    const Named* find(std::string_view name) const {
        const auto at = std::lower_bound(order_.begin(), order_.end(), name,
                                         [](const Named* one, std::string_view wanted) { return one->name < wanted; });
        return at == order_.end() || (*at)->name != name ? nullptr : *at;
    }

private:
    std::vector<const Named*> order_;
};

// Compares a file with the tensors to load it into.
class comparison {
public:
    load_result result;

    comparison(const path& name, safetensors_file& file, std::span<const tensor_target> into)
        : name_(name), tensors_(file.tensors), into_(into) {
        result.left_out = std::move(file.left_out);
        const by_name<tensor_record> found(tensors_);
        const by_name<left_out_tensor> unread(result.left_out);
        for (const tensor_target& target : into_) {
            const tensor_record* record = found.find(target.name);
            sources_.push_back(nullptr);
            if (record != nullptr) {
                if (std::string reason = misfit_of(target, *record); reason.empty())
                    sources_.back() = record;
                else
                    result.misfits.push_back({target.name, std::move(reason)});
            } else if (const left_out_tensor* other = unread.find(target.name)) {
                result.misfits.push_back(
                    {target.name, fmt::format("expected floating-point numbers, found {}", other->dtype)});
            } else {
                missing_.push_back(&target);
                result.missing.push_back(target.name);
            }
        }
    }

    // Finds the file's extra tensors; in a training's file, the optimiser's are not extra.
    void find_extra(const std::set<std::string>& passed_over) {
        const by_name<tensor_target> targets(into_);
        for (const tensor_record& record : tensors_)
            if (targets.find(record.name) == nullptr && !passed_over.contains(record.name)) {
                extra_.push_back(&record);
                result.extra.push_back(record.name);
            }
    }

    // Throws unless everything fits. `numbers` are the faults among the numbers of the metadata.
    void expect_everything(std::span<const tensor_misfit> numbers, std::string_view advice) const {
        const std::size_t count = numbers.size() + missing_.size() + extra_.size() + result.misfits.size();
        if (count == 0) return;
        std::vector<std::string> lines;
        for (const tensor_misfit& number : numbers)
            add(lines,
                [&] { return number.reason.empty() ? "missing " + number.name : number.name + ": " + number.reason; });
        for (const tensor_target* target : missing_)
            add(lines, [&] { return fmt::format("missing \"{}\" {}", excerpt(target->name), text_of(target->shape)); });
        for (const tensor_misfit& misfit : result.misfits)
            add(lines, [&] { return fmt::format("\"{}\": {}", excerpt(misfit.name), misfit.reason); });
        for (const tensor_record* record : extra_)
            add(lines, [&] {
                return fmt::format("extra \"{}\" {}, which the model lacks", excerpt(record->name),
                                   text_of(record->shape));
            });
        if (count > lines.size()) lines.push_back(fmt::format("... and {} more", count - lines.size()));
        throw error(fmt::format("{}: nothing is loaded, since the file does not fit:\n  {}\n{}", name_.string(),
                                fmt::join(lines, "\n  "), advice));
    }

    void copy() const {
        for (std::size_t i = 0; i < into_.size(); ++i)
            if (sources_[i] != nullptr) copy_values(*sources_[i], into_[i]);
    }

private:
    static void add(std::vector<std::string>& lines, auto&& line) {
        if (lines.size() < most_lines) lines.push_back(line());
    }

    const path& name_;
    std::span<const tensor_record> tensors_;
    std::span<const tensor_target> into_;
    std::vector<const tensor_record*> sources_; // for each of into_; nullptr if none fits
    std::vector<const tensor_target*> missing_;
    std::vector<const tensor_record*> extra_;
};

using metadata = std::map<std::string, std::string>;

// The names of the optimiser's tensors; none if the file is not a training's.
std::set<std::string> optimiser_names(const path& file, const metadata& from) {
    const auto found = from.find(optimiser_key);
    if (found == from.end()) return {};
    const json names = json::parse(found->second, nullptr, false);
    const bool are_strings =
        names.is_array() && std::all_of(names.begin(), names.end(), [](const json& name) { return name.is_string(); });
    if (!are_strings)
        throw error(fmt::format("{}: {}.{}: expected a JSON list of names, found \"{}\"", file.string(), metadata_key,
                                optimiser_key, excerpt(found->second)));
    return names.get<std::set<std::string>>();
}

// Returns a number of the metadata, or `otherwise` and the fault in `wrong`, without a reason if the number is missing.
std::uint64_t number_of(const metadata& from, const char* key, std::uint64_t otherwise,
                        std::vector<tensor_misfit>& wrong) {
    const std::string name = fmt::format("{}.{}", metadata_key, key);
    const auto found = from.find(key);
    if (found == from.end()) {
        wrong.push_back({name, ""});
        return otherwise;
    }
    std::uint64_t value = 0;
    const std::string& text = found->second;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code == std::errc() && end == text.data() + text.size()) return value;
    wrong.push_back({name, fmt::format("expected a whole number below 2^64, found \"{}\"", excerpt(text))});
    return otherwise;
}

}

void add_record(std::vector<tensor_record>& records, std::string_view name, std::span<const std::ptrdiff_t> shape,
                const std::variant<std::span<const float>, std::span<const double>>& values) {
    records.push_back({std::string(name), {shape.begin(), shape.end()}, {}});
    std::visit([&](auto of) { records.back().values = std::vector(of.begin(), of.end()); }, values);
}
void add_target(std::vector<tensor_target>& targets, std::string_view name, std::span<const std::ptrdiff_t> shape,
                const std::variant<std::span<float>, std::span<double>>& values) {
    targets.push_back({std::string(name), {shape.begin(), shape.end()}, values});
}

load_result load_tensors(const path& file, std::span<const tensor_target> into, load_what what) {
    safetensors_file read = read_safetensors(file);
    comparison compared(file, read, into);
    compared.find_extra(optimiser_names(file, read.metadata));
    if (what == load_what::everything)
        compared.expect_everything({}, "give the file of this model, or load what fits with hg::matching_only");
    compared.copy();
    return std::move(compared.result);
}

void save_training(const path& file, std::vector<tensor_record> parameters, std::vector<tensor_record> optimiser,
                   const training_position& position, const std::map<std::string, std::string>& metadata) {
    json names = json::array();
    for (const tensor_record& tensor : optimiser) names.push_back(tensor.name);
    std::string listed;
    try {
        listed = names.dump();
    } catch (const json::exception& reason) {
        throw error(fmt::format("{}: expected names in UTF-8, found {}", file.string(), reason.what()));
    }
    parameters.insert(parameters.end(), std::make_move_iterator(optimiser.begin()),
                      std::make_move_iterator(optimiser.end()));
    std::map<std::string, std::string> all = metadata;
    all[steps_key] = std::to_string(position.steps);
    all[seed_key] = std::to_string(position.noise_seed);
    all[optimiser_key] = std::move(listed);
    write_safetensors(file, parameters, all);
}

load_result load_training(const path& file, std::span<const tensor_target> parameters,
                          std::span<const tensor_target> optimiser, training_position& position, load_what what) {
    safetensors_file read = read_safetensors(file);
    std::vector<tensor_target> all(parameters.begin(), parameters.end());
    all.insert(all.end(), optimiser.begin(), optimiser.end());
    std::vector<tensor_misfit> wrong;
    const training_position found{number_of(read.metadata, steps_key, position.steps, wrong),
                                  number_of(read.metadata, seed_key, position.noise_seed, wrong)};
    comparison compared(file, read, all);
    compared.find_extra({});
    if (what == load_what::everything)
        compared.expect_everything(wrong, "give the file of this trainer, or load what fits with hg::matching_only, or "
                                          "the parameters of any file with hg::load(file, theta)");
    for (tensor_misfit& number : wrong)
        if (number.reason.empty())
            compared.result.missing.push_back(std::move(number.name));
        else
            compared.result.misfits.push_back(std::move(number));
    compared.copy();
    position = found;
    return std::move(compared.result);
}

}

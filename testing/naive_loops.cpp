// What the hand-written models of both forms share: parameters by name, in the plain order outside and in the loops'
// own order inside, and the choice of a form. None of it is timed but the few branches of step().
#include "naive_loops.hpp"

#include <stdexcept>
#include <utility>

namespace naive {

namespace {

// Copies a matrix that lies as [rows][cols] to [cols][rows].
template <class T> std::vector<T> transpose(const std::vector<T>& from, int rows, int cols) {
    std::vector<T> to(from.size());
    for (int r = 0; r < rows; ++r)
        for (int c = 0; c < cols; ++c) to.data()[c * rows + r] = from.data()[r * cols + c];
    return to;
}

template <class T> std::vector<T> plain(const parameter<T>& p, const std::vector<T>& stored) {
    return p.transposed ? transpose(stored, p.cols, p.rows) : stored;
}

std::size_t width_count(model_kind kind) { return standard_widths(kind).size(); }

}

std::vector<int> standard_widths(model_kind kind) {
    switch (kind) {
    case model_kind::basic:
        return {784, 32};
    case model_kind::undercomplete:
        return {784, 128, 64, 32};
    case model_kind::sparse:
        return {784, 1024};
    case model_kind::denoising:
        return {784, 512};
    case model_kind::variational:
        return {784, 400, 20};
    }
    throw std::invalid_argument("naive: unknown model");
}

template <class T> int naive_model<T>::add(std::string name, int rows, int cols, bool transposed) {
    const auto size = static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols);
    const std::vector<T> zeros(size);
    parameters_.push_back({std::move(name), rows, cols, transposed, zeros, zeros, zeros, zeros});
    return static_cast<int>(parameters_.size()) - 1;
}

template <class T> std::vector<T> naive_model<T>::buffer(int width) const {
    return std::vector<T>(static_cast<std::size_t>(max_rows_) * static_cast<std::size_t>(width));
}

template <class T> losses naive_model<T>::step(const step_inputs<T>& inputs) {
    if (inputs.x == nullptr) throw std::invalid_argument("naive: a step without x");
    if (needs_noise_ && inputs.noise == nullptr) throw std::invalid_argument("naive: this model's step needs noise");
    if (inputs.rows < 1 || inputs.rows > max_rows_)
        throw std::invalid_argument("naive: " + std::to_string(inputs.rows) + " rows, where 1 to " +
                                    std::to_string(max_rows_) + " fit");
    const losses result = loss_and_gradients(inputs);
    ++steps_;
    for (auto& p : parameters_) adam(p, steps_, inputs.learning_rate);
    return result;
}

template <class T> std::size_t naive_model<T>::find(std::string_view name) const {
    for (std::size_t k = 0; k < parameters_.size(); ++k)
        if (parameters_[k].name == name) return k;
    throw std::invalid_argument("naive: no parameter " + std::string(name));
}

template <class T> std::vector<T> naive_model<T>::value(std::string_view name) const {
    const auto& p = parameters_[find(name)];
    return plain(p, p.value);
}

template <class T> std::vector<T> naive_model<T>::gradient(std::string_view name) const {
    const auto& p = parameters_[find(name)];
    return plain(p, p.gradient);
}

template <class T> void naive_model<T>::set(std::string_view name, const std::vector<T>& plain) {
    auto& p = parameters_[find(name)];
    if (plain.size() != p.value.size())
        throw std::invalid_argument("naive: " + p.name + " has " + std::to_string(p.value.size()) + " elements, not " +
                                    std::to_string(plain.size()));
    p.value = p.transposed ? transpose(plain, p.rows, p.cols) : plain;
}

template <class T> std::unique_ptr<naive_model<T>> make_naive(model_kind kind, loop_form form,
                                                              const std::vector<int>& widths, int max_rows) {
    if (widths.size() != width_count(kind))
        throw std::invalid_argument("naive: " + std::to_string(widths.size()) + " widths, where the model has " +
                                    std::to_string(width_count(kind)));
    for (const int width : widths)
        if (width < 1) throw std::invalid_argument("naive: a width of " + std::to_string(width));
    return form == loop_form::textbook ? make_textbook<T>(kind, widths, max_rows)
                                       : make_ordered<T>(kind, widths, max_rows);
}

template class naive_model<float>;
template class naive_model<double>;
template std::unique_ptr<naive_model<float>> make_naive(model_kind, loop_form, const std::vector<int>&, int);
template std::unique_ptr<naive_model<double>> make_naive(model_kind, loop_form, const std::vector<int>&, int);

}

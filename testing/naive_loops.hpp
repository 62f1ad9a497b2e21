// Five autoencoders trained by hand-written loops that know nothing of the library: what its speed is measured against
// and what its numbers are held against. Each exists as textbook loops (naive_textbook.cpp) and as loops ordered for
// the cache (naive_ordered.cpp): the same mathematics and parameters, and no calls beyond <cmath>.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace naive {

enum class model_kind {
    basic,         // widths {x, z}:              z = sigmoid(W_e x + b_e), x' = sigmoid(W_d z + b_d)
    undercomplete, // widths {x, h1, h2, code}:   relu layers down to a linear code and back up
    sparse,        // widths {x, h}:              one relu layer, lambda * sum |h|
    denoising,     // widths {x, h}:              one relu layer, fed x + noise_level * noise
    variational,   // widths {x, h, z}:           relu layers around z = mu + exp(logvar / 2) * noise
};

enum class loop_form { textbook, ordered };

// The sizes of the lecture notes' models, in the order given at model_kind.
std::vector<int> standard_widths(model_kind kind);

// What one training step is given. Matrices are row-major, one row per example.
template <class T> struct step_inputs {
    const T* x = nullptr;     // rows by features
    int rows = 0;             // 1 to max_rows
    const T* noise = nullptr; // standard normal. denoising: rows by features; variational: rows by latent width
    T learning_rate = T(1e-3);
    T lambda = T(0); // sparse: the weight of the penalty
    T beta = T(1);   // variational: the weight of the divergence
    T noise_level = T(0);
};

// Means over the rows, before the update.
struct losses {
    double loss = 0;
    double reconstruction = 0; // mean squared error over the features, or the negative log-likelihood summed over them
    double penalty = 0;        // sparse: sum |h|; variational: the divergence from the prior; both without their weight
};

// A weight is rows by cols = outputs by inputs; a bias has one column.
template <class T> struct parameter {
    std::string name;
    int rows = 0;
    int cols = 0;
    bool transposed = false; // value, gradient and moments lie as [cols][rows]
    std::vector<T> value, gradient, first_moment, second_moment;
};

// Parameters start at zero: the caller sets them. Names are "W_e", "b_e", "W_d", "b_d" for the basic model and
// "<layer>.weight", "<layer>.bias" for the others. Weights cross this interface as [outputs][inputs] whatever order the
// loops keep them in. Throws std::invalid_argument on unknown names, wrong sizes and missing inputs.
template <class T> class naive_model {
public:
    virtual ~naive_model() = default;
    naive_model(const naive_model&) = delete;
    naive_model& operator=(const naive_model&) = delete;

    // Loss and gradient at the present parameters, then one Adam update (beta1 0.9, beta2 0.999, eps 1e-8).
    losses step(const step_inputs<T>& inputs);

    const std::vector<parameter<T>>& parameters() const { return parameters_; }
    std::vector<T> value(std::string_view name) const;
    std::vector<T> gradient(std::string_view name) const; // of the last step
    void set(std::string_view name, const std::vector<T>& plain);

protected:
    naive_model(int max_rows, bool needs_noise) : max_rows_(max_rows), needs_noise_(needs_noise) {}

    int add(std::string name, int rows, int cols, bool transposed = false); // the parameter's index
    parameter<T>& at(int index) { return parameters_[static_cast<std::size_t>(index)]; }
    std::vector<T> buffer(int width) const;

private:
    virtual losses loss_and_gradients(const step_inputs<T>& inputs) = 0;
    virtual void adam(parameter<T>& p, int step_number, T learning_rate) = 0;
    std::size_t find(std::string_view name) const;

    std::vector<parameter<T>> parameters_;
    int max_rows_;
    bool needs_noise_;
    int steps_ = 0;
};

template <class T> std::unique_ptr<naive_model<T>> make_naive(model_kind kind, loop_form form,
                                                              const std::vector<int>& widths, int max_rows = 128);

// The two halves of make_naive, each in its own file.
template <class T>
std::unique_ptr<naive_model<T>> make_textbook(model_kind kind, const std::vector<int>& widths, int max_rows);
template <class T>
std::unique_ptr<naive_model<T>> make_ordered(model_kind kind, const std::vector<int>& widths, int max_rows);

}

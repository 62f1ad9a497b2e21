// The ordered form: what one who knows the cache writes by hand and leaves to the compiler to vectorise. Every inner
// loop runs with unit stride along the longer side of its weight, what belongs to one row is done while the row is in
// the first-level cache, exponentials are shared, and Adam is one pass. No intrinsics, and no blocking for registers or
// caches.
#include "naive_loops.hpp"

#include <cmath>
#include <stdexcept>

// The arrays of one call never overlap; both compilers know the word, though it is not C++.
#define NAIVE_RESTRICT __restrict

namespace naive {

namespace {

enum class activation { none, relu, sigmoid };

template <class T> void activate(activation f, T* NAIVE_RESTRICT y, int size) {
    if (f == activation::relu)
        for (int k = 0; k < size; ++k) y[k] = y[k] > T(0) ? y[k] : T(0);
    else if (f == activation::sigmoid)
        for (int k = 0; k < size; ++k) y[k] = T(1) / (T(1) + std::exp(-y[k]));
}

// Multiplies delta by the activation's derivative, found from its value y.
template <class T> void through(activation f, const T* NAIVE_RESTRICT y, T* NAIVE_RESTRICT delta, int size) {
    if (f == activation::relu)
        for (int k = 0; k < size; ++k) delta[k] = y[k] > T(0) ? delta[k] : T(0);
    else if (f == activation::sigmoid)
        for (int k = 0; k < size; ++k) delta[k] *= y[k] * (T(1) - y[k]);
}

// y_j += sum_i M_ji x_i, M lying as [outer][inner]: a dot product for each j.
template <class T>
void add_dots(const T* NAIVE_RESTRICT M, const T* NAIVE_RESTRICT x, int outer, int inner, T* NAIVE_RESTRICT y) {
    for (int j = 0; j < outer; ++j) {
        const T* row = M + j * inner;
        T sum = T(0);
        for (int i = 0; i < inner; ++i) sum += row[i] * x[i];
        y[j] += sum;
    }
}

// y_i += sum_j M_ji x_j, M lying as [outer][inner]: a multiple of a row of M for each j.
template <class T>
void add_multiples(const T* NAIVE_RESTRICT M, const T* NAIVE_RESTRICT x, int outer, int inner, T* NAIVE_RESTRICT y) {
    for (int j = 0; j < outer; ++j) {
        const T* row = M + j * inner;
        const T factor = x[j];
        for (int i = 0; i < inner; ++i) y[i] += factor * row[i];
    }
}

// M_ji = sum_n a_nj b_ni. One row of M is finished before the next, so that it stays in the first-level cache.
template <class T> void outer_products(const T* NAIVE_RESTRICT a, const T* NAIVE_RESTRICT b, int rows, int outer,
                                       int inner, T* NAIVE_RESTRICT M) {
    for (int j = 0; j < outer; ++j) {
        T* row = M + j * inner;
        for (int i = 0; i < inner; ++i) row[i] = T(0);
        for (int n = 0; n < rows; ++n) {
            const T factor = a[n * outer + j];
            const T* b_row = b + n * inner;
            for (int i = 0; i < inner; ++i) row[i] += factor * b_row[i];
        }
    }
}

template <class T> class ordered_model : public naive_model<T> {
protected:
    using naive_model<T>::naive_model;

    // The weight lies with its longer side innermost: [in][out] where there are more outputs than inputs.
    struct layer {
        int weight, bias, in, out;
        activation f;
        bool by_input;
    };

    layer dense(const std::string& name, int in, int out, activation f = activation::none) {
        return dense(name + ".weight", name + ".bias", in, out, f);
    }
    layer dense(const std::string& weight, const std::string& bias, int in, int out, activation f) {
        const bool by_input = out > in;
        const int w = this->add(weight, out, in, by_input);
        return {w, this->add(bias, out, 1), in, out, f, by_input};
    }

    // y = f(W x + b)
    void forward(const layer& l, const T* x, int rows, T* NAIVE_RESTRICT y) {
        const T* W = this->at(l.weight).value.data();
        const T* NAIVE_RESTRICT b = this->at(l.bias).value.data();
        for (int n = 0; n < rows; ++n) {
            T* NAIVE_RESTRICT y_row = y + n * l.out;
            for (int j = 0; j < l.out; ++j) y_row[j] = b[j];
            if (l.by_input)
                add_multiples(W, x + n * l.in, l.in, l.out, y_row);
            else
                add_dots(W, x + n * l.in, l.out, l.in, y_row);
            activate(l.f, y_row, l.out);
        }
    }

    // delta is that of W x + b.
    void parameter_gradients(const layer& l, const T* x, const T* NAIVE_RESTRICT delta, int rows) {
        T* dW = this->at(l.weight).gradient.data();
        if (l.by_input)
            outer_products(x, delta, rows, l.in, l.out, dW);
        else
            outer_products(delta, x, rows, l.out, l.in, dW);
        T* NAIVE_RESTRICT db = this->at(l.bias).gradient.data();
        for (int j = 0; j < l.out; ++j) db[j] = T(0);
        for (int n = 0; n < rows; ++n)
            for (int j = 0; j < l.out; ++j) db[j] += delta[n * l.out + j];
    }

    // One row of dx += transpose(W) delta.
    void add_input_gradient(const layer& l, const T* delta_row, T* dx_row) {
        const T* W = this->at(l.weight).value.data();
        if (l.by_input)
            add_dots(W, delta_row, l.in, l.out, dx_row);
        else
            add_multiples(W, delta_row, l.out, l.in, dx_row);
    }

    // The delta of the layer below, whose output and activation are x and f. Every unit's delta starts at `start`.
    void input_gradient(const layer& l, const T* delta, int rows, const T* x, activation f, T* NAIVE_RESTRICT dx,
                        T start = T(0)) {
        for (int n = 0; n < rows; ++n) {
            T* NAIVE_RESTRICT dx_row = dx + n * l.in;
            for (int i = 0; i < l.in; ++i) dx_row[i] = start;
            add_input_gradient(l, delta + n * l.out, dx_row);
            through(f, x + n * l.in, dx_row, l.in);
        }
    }

    // The mean over examples of the mean over features of (y - x)^2, and the delta under the sigmoid whose value y is.
    double mean_squared_error(const T* NAIVE_RESTRICT y, const T* NAIVE_RESTRICT x, int rows, int features,
                              T* NAIVE_RESTRICT delta) {
        const T scale = T(2) / (T(features) * T(rows));
        double total = 0;
        for (int n = 0; n < rows; ++n) {
            T sum = T(0);
            for (int k = n * features; k < (n + 1) * features; ++k) {
                const T error = y[k] - x[k];
                sum += error * error;
                delta[k] = scale * error * y[k] * (T(1) - y[k]);
            }
            total += static_cast<double>(sum);
        }
        return total / features / rows;
    }

    // The mean over examples of the sum over features of softplus(l) - l x, and delta_l. One exponential serves both:
    // softplus(l) = max(l, 0) + log1p(exp(-|l|)) and sigmoid(l) = (1 or exp(-|l|)) / (1 + exp(-|l|)).
    double bernoulli_nll(const T* NAIVE_RESTRICT l, const T* NAIVE_RESTRICT x, int rows, int features,
                         T* NAIVE_RESTRICT delta) {
        const T scale = T(1) / T(rows);
        double total = 0;
        for (int n = 0; n < rows; ++n) {
            T sum = T(0);
            for (int k = n * features; k < (n + 1) * features; ++k) {
                const T e = std::exp(-std::abs(l[k]));
                sum += (l[k] > T(0) ? l[k] : T(0)) + std::log1p(e) - l[k] * x[k];
                delta[k] = scale * ((l[k] > T(0) ? T(1) : e) / (T(1) + e) - x[k]);
            }
            total += static_cast<double>(sum);
        }
        return total / rows;
    }

private:
    void adam(parameter<T>& p, int t, T learning_rate) override {
        const T beta1 = T(0.9), beta2 = T(0.999), epsilon = T(1e-8);
        const T rest1 = T(1 - 0.9), rest2 = T(1 - 0.999); // in float 1 - beta2 would be off by 5e-5 of itself
        const int size = static_cast<int>(p.value.size());
        T* NAIVE_RESTRICT theta = p.value.data();
        T* NAIVE_RESTRICT m = p.first_moment.data();
        T* NAIVE_RESTRICT v = p.second_moment.data();
        const T* NAIVE_RESTRICT g = p.gradient.data();
        const T rate = learning_rate / T(1 - std::pow(0.9, t));
        const T inverse_correction2 = T(1 / (1 - std::pow(0.999, t)));
        for (int k = 0; k < size; ++k) {
            m[k] = beta1 * m[k] + rest1 * g[k];
            v[k] = beta2 * v[k] + rest2 * g[k] * g[k];
            theta[k] -= rate * m[k] / (std::sqrt(v[k] * inverse_correction2) + epsilon);
        }
    }
};

template <class T> class basic final : public ordered_model<T> {
public:
    basic(const std::vector<int>& widths, int max_rows)
        : ordered_model<T>(max_rows, false),
          encoder(this->dense("W_e", "b_e", widths[0], widths[1], activation::sigmoid)),
          decoder(this->dense("W_d", "b_d", widths[1], widths[0], activation::sigmoid)), z(this->buffer(encoder.out)),
          delta_z(z), reconstructed(this->buffer(decoder.out)), delta(reconstructed) {}

private:
    losses loss_and_gradients(const step_inputs<T>& in) override {
        const int rows = in.rows;
        this->forward(encoder, in.x, rows, z.data());
        this->forward(decoder, z.data(), rows, reconstructed.data());
        const double loss = this->mean_squared_error(reconstructed.data(), in.x, rows, decoder.out, delta.data());
        this->parameter_gradients(decoder, z.data(), delta.data(), rows);
        this->input_gradient(decoder, delta.data(), rows, z.data(), encoder.f, delta_z.data());
        this->parameter_gradients(encoder, in.x, delta_z.data(), rows);
        return {loss, loss, 0};
    }

    typename ordered_model<T>::layer encoder, decoder;
    std::vector<T> z, delta_z, reconstructed, delta;
};

template <class T> class undercomplete final : public ordered_model<T> {
public:
    undercomplete(const std::vector<int>& widths, int max_rows) : ordered_model<T>(max_rows, false) {
        const int x = widths[0], outer = widths[1], inner = widths[2], code = widths[3];
        const auto relu = activation::relu;
        layers = {this->dense("h1", x, outer, relu),     this->dense("h2", outer, inner, relu),
                  this->dense("code", inner, code),      this->dense("h3", code, inner, relu),
                  this->dense("h4", inner, outer, relu), this->dense("logits", outer, x, activation::sigmoid)};
        for (const auto& l : layers) {
            h.push_back(this->buffer(l.out));
            delta.push_back(this->buffer(l.out));
        }
    }

private:
    losses loss_and_gradients(const step_inputs<T>& in) override {
        const int rows = in.rows;
        const std::size_t last = layers.size() - 1;
        for (std::size_t k = 0; k <= last; ++k)
            this->forward(layers[k], k == 0 ? in.x : h[k - 1].data(), rows, h[k].data());
        const double loss = this->mean_squared_error(h[last].data(), in.x, rows, layers[last].out, delta[last].data());
        for (std::size_t k = last; k > 0; --k) {
            this->parameter_gradients(layers[k], h[k - 1].data(), delta[k].data(), rows);
            this->input_gradient(layers[k], delta[k].data(), rows, h[k - 1].data(), layers[k - 1].f,
                                 delta[k - 1].data());
        }
        this->parameter_gradients(layers[0], in.x, delta[0].data(), rows);
        return {loss, loss, 0};
    }

    std::vector<typename ordered_model<T>::layer> layers;
    std::vector<std::vector<T>> h, delta;
};

template <class T> class sparse final : public ordered_model<T> {
public:
    sparse(const std::vector<int>& widths, int max_rows)
        : ordered_model<T>(max_rows, false), hidden(this->dense("h", widths[0], widths[1], activation::relu)),
          output(this->dense("logits", widths[1], widths[0], activation::sigmoid)), h(this->buffer(hidden.out)),
          delta_h(h), xhat(this->buffer(output.out)), delta(xhat) {}

private:
    losses loss_and_gradients(const step_inputs<T>& in) override {
        const int rows = in.rows;
        this->forward(hidden, in.x, rows, h.data());
        this->forward(output, h.data(), rows, xhat.data());
        const double error = this->mean_squared_error(xhat.data(), in.x, rows, output.out, delta.data());
        double activity = 0;
        for (int n = 0; n < rows; ++n) {
            const T* h_row = h.data() + n * hidden.out;
            T sum = T(0);
            for (int j = 0; j < hidden.out; ++j) sum += h_row[j]; // never negative after relu
            activity += static_cast<double>(sum);
        }
        activity /= rows;
        this->parameter_gradients(output, h.data(), delta.data(), rows);
        this->input_gradient(output, delta.data(), rows, h.data(), hidden.f, delta_h.data(), in.lambda / T(rows));
        this->parameter_gradients(hidden, in.x, delta_h.data(), rows);
        return {error + static_cast<double>(in.lambda) * activity, error, activity};
    }

    typename ordered_model<T>::layer hidden, output;
    std::vector<T> h, delta_h, xhat, delta;
};

template <class T> class denoising final : public ordered_model<T> {
public:
    denoising(const std::vector<int>& widths, int max_rows)
        : ordered_model<T>(max_rows, true), hidden(this->dense("h", widths[0], widths[1], activation::relu)),
          output(this->dense("logits", widths[1], widths[0])), corrupted(this->buffer(hidden.in)),
          h(this->buffer(hidden.out)), delta_h(h), logits(this->buffer(output.out)), delta(logits) {}

private:
    losses loss_and_gradients(const step_inputs<T>& in) override {
        const int rows = in.rows, size = rows * hidden.in;
        T* NAIVE_RESTRICT xc = corrupted.data();
        const T level = in.noise_level;
        for (int k = 0; k < size; ++k) xc[k] = in.x[k] + level * in.noise[k];
        this->forward(hidden, xc, rows, h.data());
        this->forward(output, h.data(), rows, logits.data());
        const double loss = this->bernoulli_nll(logits.data(), in.x, rows, output.out, delta.data());
        this->parameter_gradients(output, h.data(), delta.data(), rows);
        this->input_gradient(output, delta.data(), rows, h.data(), hidden.f, delta_h.data());
        this->parameter_gradients(hidden, xc, delta_h.data(), rows);
        return {loss, loss, 0};
    }

    typename ordered_model<T>::layer hidden, output;
    std::vector<T> corrupted, h, delta_h, logits, delta;
};

template <class T> class variational final : public ordered_model<T> {
public:
    variational(const std::vector<int>& widths, int max_rows)
        : ordered_model<T>(max_rows, true), to_h(this->dense("h", widths[0], widths[1], activation::relu)),
          to_mu(this->dense("mu", widths[1], widths[2])), to_logvar(this->dense("logvar", widths[1], widths[2])),
          to_hidden(this->dense("hidden", widths[2], widths[1], activation::relu)),
          to_logits(this->dense("logits", widths[1], widths[0])), h(this->buffer(to_h.out)), delta_h(h),
          mu(this->buffer(to_mu.out)), delta_mu(mu), logvar(mu), delta_logvar(mu), sigma(mu), z(mu), delta_z(mu),
          hidden(this->buffer(to_hidden.out)), delta_hidden(hidden), logits(this->buffer(to_logits.out)),
          delta_logits(logits) {}

private:
    losses loss_and_gradients(const step_inputs<T>& in) override {
        const int rows = in.rows;
        this->forward(to_h, in.x, rows, h.data());
        this->forward(to_mu, h.data(), rows, mu.data());
        this->forward(to_logvar, h.data(), rows, logvar.data());
        const double divergence = sample(in.noise, rows * to_mu.out) / rows;
        this->forward(to_hidden, z.data(), rows, hidden.data());
        this->forward(to_logits, hidden.data(), rows, logits.data());
        const double reconstruction =
            this->bernoulli_nll(logits.data(), in.x, rows, to_logits.out, delta_logits.data());

        this->parameter_gradients(to_logits, hidden.data(), delta_logits.data(), rows);
        this->input_gradient(to_logits, delta_logits.data(), rows, hidden.data(), to_hidden.f, delta_hidden.data());
        this->parameter_gradients(to_hidden, z.data(), delta_hidden.data(), rows);
        this->input_gradient(to_hidden, delta_hidden.data(), rows, z.data(), activation::none, delta_z.data());
        sample_gradient(in.noise, rows * to_mu.out, in.beta / T(rows));
        this->parameter_gradients(to_mu, h.data(), delta_mu.data(), rows);
        this->parameter_gradients(to_logvar, h.data(), delta_logvar.data(), rows);
        for (int n = 0; n < rows; ++n) {
            T* NAIVE_RESTRICT row = delta_h.data() + n * to_h.out;
            for (int j = 0; j < to_h.out; ++j) row[j] = T(0);
            this->add_input_gradient(to_mu, delta_mu.data() + n * to_mu.out, row);
            this->add_input_gradient(to_logvar, delta_logvar.data() + n * to_mu.out, row);
            through(to_h.f, h.data() + n * to_h.out, row, to_h.out);
        }
        this->parameter_gradients(to_h, in.x, delta_h.data(), rows);
        return {reconstruction + static_cast<double>(in.beta) * divergence, reconstruction, divergence};
    }

    // z = mu + exp(logvar / 2) noise; returns the divergence summed over all. sigma^2 serves as exp(logvar).
    double sample(const T* NAIVE_RESTRICT noise, int size) {
        const T* NAIVE_RESTRICT m = mu.data();
        const T* NAIVE_RESTRICT s = logvar.data();
        T* NAIVE_RESTRICT deviation = sigma.data();
        T* NAIVE_RESTRICT to = z.data();
        T sum = T(0);
        for (int k = 0; k < size; ++k) {
            deviation[k] = std::exp(s[k] * T(0.5));
            to[k] = m[k] + deviation[k] * noise[k];
            sum += m[k] * m[k] + deviation[k] * deviation[k] - s[k] - T(1);
        }
        return 0.5 * static_cast<double>(sum);
    }

    void sample_gradient(const T* NAIVE_RESTRICT noise, int size, T weight) {
        const T* NAIVE_RESTRICT m = mu.data();
        const T* NAIVE_RESTRICT deviation = sigma.data();
        const T* NAIVE_RESTRICT dz = delta_z.data();
        T* NAIVE_RESTRICT dm = delta_mu.data();
        T* NAIVE_RESTRICT ds = delta_logvar.data();
        for (int k = 0; k < size; ++k) {
            dm[k] = dz[k] + weight * m[k];
            ds[k] = T(0.5) * (dz[k] * noise[k] * deviation[k] + weight * (deviation[k] * deviation[k] - T(1)));
        }
    }

    typename ordered_model<T>::layer to_h, to_mu, to_logvar, to_hidden, to_logits;
    std::vector<T> h, delta_h, mu, delta_mu, logvar, delta_logvar, sigma, z, delta_z, hidden, delta_hidden, logits,
        delta_logits;
};

}

template <class T>
std::unique_ptr<naive_model<T>> make_ordered(model_kind kind, const std::vector<int>& widths, int max_rows) {
    switch (kind) {
    case model_kind::basic:
        return std::make_unique<basic<T>>(widths, max_rows);
    case model_kind::undercomplete:
        return std::make_unique<undercomplete<T>>(widths, max_rows);
    case model_kind::sparse:
        return std::make_unique<sparse<T>>(widths, max_rows);
    case model_kind::denoising:
        return std::make_unique<denoising<T>>(widths, max_rows);
    case model_kind::variational:
        return std::make_unique<variational<T>>(widths, max_rows);
    }
    throw std::invalid_argument("naive: unknown model");
}

template std::unique_ptr<naive_model<float>> make_ordered(model_kind, const std::vector<int>&, int);
template std::unique_ptr<naive_model<double>> make_ordered(model_kind, const std::vector<int>&, int);

}

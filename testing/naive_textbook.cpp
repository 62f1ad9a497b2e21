// The textbook form: one loop per formula, in the order in which lecture notes write the formulas, every weight kept as
// W[outputs][inputs] and every product a sum over its repeated index. Where a formula is written, so is its derivative;
// delta_a is the derivative of the mean loss with respect to a, one row per example.
#include "naive_loops.hpp"

#include <cmath>
#include <stdexcept>

namespace naive {

namespace {

template <class T> T sigmoid(T a) { return T(1) / (T(1) + std::exp(-a)); }
template <class T> T relu(T a) { return a > T(0) ? a : T(0); }

// log(1 + exp(a)) without overflow.
template <class T> T softplus(T a) { return (a > T(0) ? a : T(0)) + std::log1p(std::exp(-std::abs(a))); }

template <class T> class textbook_model : public naive_model<T> {
protected:
    using naive_model<T>::naive_model;

    struct layer {
        int weight, bias, in, out;
    };

    layer dense(const std::string& name, int in, int out) { return dense(name + ".weight", name + ".bias", in, out); }
    layer dense(const std::string& weight, const std::string& bias, int in, int out) {
        const int w = this->add(weight, out, in);
        return {w, this->add(bias, out, 1), in, out};
    }

    // a_j = sum_i W_ji x_i + b_j
    void affine(const layer& l, const T* x, int rows, T* a) {
        const T* W = this->at(l.weight).value.data();
        const T* b = this->at(l.bias).value.data();
        for (int n = 0; n < rows; ++n)
            for (int j = 0; j < l.out; ++j) {
                T sum = b[j];
                for (int i = 0; i < l.in; ++i) sum += W[j * l.in + i] * x[n * l.in + i];
                a[n * l.out + j] = sum;
            }
    }

    // dL/dW_ji = sum_n delta_nj x_ni and dL/db_j = sum_n delta_nj
    void parameter_gradients(const layer& l, const T* x, const T* delta, int rows) {
        T* dW = this->at(l.weight).gradient.data();
        T* db = this->at(l.bias).gradient.data();
        for (int j = 0; j < l.out; ++j)
            for (int i = 0; i < l.in; ++i) {
                T sum = T(0);
                for (int n = 0; n < rows; ++n) sum += delta[n * l.out + j] * x[n * l.in + i];
                dW[j * l.in + i] = sum;
            }
        for (int j = 0; j < l.out; ++j) {
            T sum = T(0);
            for (int n = 0; n < rows; ++n) sum += delta[n * l.out + j];
            db[j] = sum;
        }
    }

    // dL/dx_i = sum_j W_ji delta_j
    void input_gradient(const layer& l, const T* delta, int rows, T* dx) {
        const T* W = this->at(l.weight).value.data();
        for (int n = 0; n < rows; ++n)
            for (int i = 0; i < l.in; ++i) {
                T sum = T(0);
                for (int j = 0; j < l.out; ++j) sum += W[j * l.in + i] * delta[n * l.out + j];
                dx[n * l.in + i] = sum;
            }
    }

    void relu_of(const T* a, int size, T* h) {
        for (int k = 0; k < size; ++k) h[k] = relu(a[k]);
    }

    void sigmoid_of(const T* a, int size, T* y) {
        for (int k = 0; k < size; ++k) y[k] = sigmoid(a[k]);
    }

    // delta_a = delta_h where a > 0
    void relu_gradient(const T* a, int size, T* delta) {
        for (int k = 0; k < size; ++k) delta[k] = a[k] > T(0) ? delta[k] : T(0);
    }

    // delta_a = delta_y y (1 - y)
    void sigmoid_gradient(const T* y, int size, T* delta) {
        for (int k = 0; k < size; ++k) delta[k] = delta[k] * y[k] * (T(1) - y[k]);
    }

    // The mean over examples of the mean over features of (y - x)^2, and delta_y.
    double mean_squared_error(const T* y, const T* x, int rows, int features, T* delta) {
        double total = 0;
        for (int n = 0; n < rows; ++n) {
            T sum = T(0);
            for (int i = 0; i < features; ++i) {
                const T error = y[n * features + i] - x[n * features + i];
                sum += error * error;
            }
            total += static_cast<double>(sum / T(features));
        }
        for (int k = 0; k < rows * features; ++k) delta[k] = T(2) * (y[k] - x[k]) / T(features) / T(rows);
        return total / rows;
    }

    // The mean over examples of the sum over features of softplus(l) - l x, and delta_l.
    double bernoulli_nll(const T* l, const T* x, int rows, int features, T* delta) {
        double total = 0;
        for (int n = 0; n < rows; ++n) {
            T sum = T(0);
            for (int i = 0; i < features; ++i)
                sum += softplus(l[n * features + i]) - l[n * features + i] * x[n * features + i];
            total += static_cast<double>(sum);
        }
        for (int k = 0; k < rows * features; ++k) delta[k] = (sigmoid(l[k]) - x[k]) / T(rows);
        return total / rows;
    }

private:
    void adam(parameter<T>& p, int t, T learning_rate) override {
        const T beta1 = T(0.9), beta2 = T(0.999), epsilon = T(1e-8);
        const T rest1 = T(1 - 0.9), rest2 = T(1 - 0.999); // in float 1 - beta2 would be off by 5e-5 of itself
        const int size = static_cast<int>(p.value.size());
        T* theta = p.value.data();
        T* m = p.first_moment.data();
        T* v = p.second_moment.data();
        const T* g = p.gradient.data();
        const T correction1 = T(1 - std::pow(0.9, t));
        const T correction2 = T(1 - std::pow(0.999, t));
        for (int k = 0; k < size; ++k) m[k] = beta1 * m[k] + rest1 * g[k];
        for (int k = 0; k < size; ++k) v[k] = beta2 * v[k] + rest2 * g[k] * g[k];
        for (int k = 0; k < size; ++k) {
            const T m_hat = m[k] / correction1;
            const T v_hat = v[k] / correction2;
            theta[k] -= learning_rate * m_hat / (std::sqrt(v_hat) + epsilon);
        }
    }
};

template <class T> class basic final : public textbook_model<T> {
public:
    basic(const std::vector<int>& widths, int max_rows)
        : textbook_model<T>(max_rows, false), encoder(this->dense("W_e", "b_e", widths[0], widths[1])),
          decoder(this->dense("W_d", "b_d", widths[1], widths[0])), z(this->buffer(encoder.out)), delta_z(z),
          reconstructed(this->buffer(decoder.out)), delta(reconstructed) {}

private:
    losses loss_and_gradients(const step_inputs<T>& in) override {
        const int rows = in.rows;
        this->affine(encoder, in.x, rows, z.data());
        this->sigmoid_of(z.data(), rows * encoder.out, z.data());
        this->affine(decoder, z.data(), rows, reconstructed.data());
        this->sigmoid_of(reconstructed.data(), rows * decoder.out, reconstructed.data());
        const double loss = this->mean_squared_error(reconstructed.data(), in.x, rows, decoder.out, delta.data());

        this->sigmoid_gradient(reconstructed.data(), rows * decoder.out, delta.data());
        this->parameter_gradients(decoder, z.data(), delta.data(), rows);
        this->input_gradient(decoder, delta.data(), rows, delta_z.data());
        this->sigmoid_gradient(z.data(), rows * encoder.out, delta_z.data());
        this->parameter_gradients(encoder, in.x, delta_z.data(), rows);
        return {loss, loss, 0};
    }

    typename textbook_model<T>::layer encoder, decoder;
    std::vector<T> z, delta_z, reconstructed, delta;
};

template <class T> class undercomplete final : public textbook_model<T> {
public:
    undercomplete(const std::vector<int>& widths, int max_rows) : textbook_model<T>(max_rows, false) {
        const int x = widths[0], outer = widths[1], inner = widths[2], code = widths[3];
        layers = {this->dense("h1", x, outer),    this->dense("h2", outer, inner), this->dense("code", inner, code),
                  this->dense("h3", code, inner), this->dense("h4", inner, outer), this->dense("logits", outer, x)};
        for (const auto& l : layers) {
            h.push_back(this->buffer(l.out));
            delta.push_back(this->buffer(l.out));
        }
    }

private:
    static constexpr std::size_t code_layer = 2;

    losses loss_and_gradients(const step_inputs<T>& in) override {
        const int rows = in.rows;
        const std::size_t last = layers.size() - 1;
        for (std::size_t k = 0; k <= last; ++k) {
            this->affine(layers[k], k == 0 ? in.x : h[k - 1].data(), rows, h[k].data());
            const int size = rows * layers[k].out;
            if (k == last)
                this->sigmoid_of(h[k].data(), size, h[k].data());
            else if (k != code_layer)
                this->relu_of(h[k].data(), size, h[k].data());
        }
        const int features = layers[last].out;
        const double loss = this->mean_squared_error(h[last].data(), in.x, rows, features, delta[last].data());

        this->sigmoid_gradient(h[last].data(), rows * features, delta[last].data());
        for (std::size_t k = last; k > 0; --k) {
            this->parameter_gradients(layers[k], h[k - 1].data(), delta[k].data(), rows);
            this->input_gradient(layers[k], delta[k].data(), rows, delta[k - 1].data());
            // relu(a) > 0 exactly where a > 0.
            if (k - 1 != code_layer)
                this->relu_gradient(h[k - 1].data(), rows * layers[k - 1].out, delta[k - 1].data());
        }
        this->parameter_gradients(layers[0], in.x, delta[0].data(), rows);
        return {loss, loss, 0};
    }

    std::vector<typename textbook_model<T>::layer> layers;
    std::vector<std::vector<T>> h, delta;
};

template <class T> class sparse final : public textbook_model<T> {
public:
    sparse(const std::vector<int>& widths, int max_rows)
        : textbook_model<T>(max_rows, false), hidden(this->dense("h", widths[0], widths[1])),
          output(this->dense("logits", widths[1], widths[0])), h(this->buffer(hidden.out)), delta_h(h),
          xhat(this->buffer(output.out)), delta(xhat) {}

private:
    losses loss_and_gradients(const step_inputs<T>& in) override {
        const int rows = in.rows;
        const int size = rows * hidden.out;
        this->affine(hidden, in.x, rows, h.data());
        this->relu_of(h.data(), size, h.data());
        this->affine(output, h.data(), rows, xhat.data());
        this->sigmoid_of(xhat.data(), rows * output.out, xhat.data());
        const double error = this->mean_squared_error(xhat.data(), in.x, rows, output.out, delta.data());
        double activity = 0;
        for (int n = 0; n < rows; ++n) {
            T sum = T(0);
            for (int j = 0; j < hidden.out; ++j) sum += std::abs(h.data()[n * hidden.out + j]);
            activity += static_cast<double>(sum) / rows;
        }

        this->sigmoid_gradient(xhat.data(), rows * output.out, delta.data());
        this->parameter_gradients(output, h.data(), delta.data(), rows);
        this->input_gradient(output, delta.data(), rows, delta_h.data());
        // h is never negative, and where it is zero relu lets no gradient through: the sign of h is 1 where it matters.
        for (int k = 0; k < size; ++k) delta_h.data()[k] += in.lambda / T(rows);
        this->relu_gradient(h.data(), size, delta_h.data());
        this->parameter_gradients(hidden, in.x, delta_h.data(), rows);
        return {error + static_cast<double>(in.lambda) * activity, error, activity};
    }

    typename textbook_model<T>::layer hidden, output;
    std::vector<T> h, delta_h, xhat, delta;
};

template <class T> class denoising final : public textbook_model<T> {
public:
    denoising(const std::vector<int>& widths, int max_rows)
        : textbook_model<T>(max_rows, true), hidden(this->dense("h", widths[0], widths[1])),
          output(this->dense("logits", widths[1], widths[0])), corrupted(this->buffer(hidden.in)),
          h(this->buffer(hidden.out)), delta_h(h), logits(this->buffer(output.out)), delta(logits) {}

private:
    losses loss_and_gradients(const step_inputs<T>& in) override {
        const int rows = in.rows;
        T* xc = corrupted.data();
        for (int k = 0; k < rows * hidden.in; ++k) xc[k] = in.x[k] + in.noise_level * in.noise[k];
        this->affine(hidden, xc, rows, h.data());
        this->relu_of(h.data(), rows * hidden.out, h.data());
        this->affine(output, h.data(), rows, logits.data());
        const double loss = this->bernoulli_nll(logits.data(), in.x, rows, output.out, delta.data());

        this->parameter_gradients(output, h.data(), delta.data(), rows);
        this->input_gradient(output, delta.data(), rows, delta_h.data());
        this->relu_gradient(h.data(), rows * hidden.out, delta_h.data());
        this->parameter_gradients(hidden, xc, delta_h.data(), rows);
        return {loss, loss, 0};
    }

    typename textbook_model<T>::layer hidden, output;
    std::vector<T> corrupted, h, delta_h, logits, delta;
};

template <class T> class variational final : public textbook_model<T> {
public:
    variational(const std::vector<int>& widths, int max_rows)
        : textbook_model<T>(max_rows, true), to_h(this->dense("h", widths[0], widths[1])),
          to_mu(this->dense("mu", widths[1], widths[2])), to_logvar(this->dense("logvar", widths[1], widths[2])),
          to_hidden(this->dense("hidden", widths[2], widths[1])),
          to_logits(this->dense("logits", widths[1], widths[0])), h(this->buffer(to_h.out)), delta_h(h),
          delta_h_logvar(h), mu(this->buffer(to_mu.out)), delta_mu(mu), logvar(mu), delta_logvar(mu), z(mu),
          delta_z(mu), hidden(this->buffer(to_hidden.out)), delta_hidden(hidden), logits(this->buffer(to_logits.out)),
          delta_logits(logits) {}

private:
    losses loss_and_gradients(const step_inputs<T>& in) override {
        const int rows = in.rows, latent = to_mu.out;
        const T half = T(0.5);
        const T* noise = in.noise;
        const T* m = mu.data();
        const T* s = logvar.data();

        this->affine(to_h, in.x, rows, h.data());
        this->relu_of(h.data(), rows * to_h.out, h.data());
        this->affine(to_mu, h.data(), rows, mu.data());
        this->affine(to_logvar, h.data(), rows, logvar.data());
        for (int k = 0; k < rows * latent; ++k) z.data()[k] = m[k] + std::exp(s[k] / T(2)) * noise[k];
        this->affine(to_hidden, z.data(), rows, hidden.data());
        this->relu_of(hidden.data(), rows * to_hidden.out, hidden.data());
        this->affine(to_logits, hidden.data(), rows, logits.data());
        const double reconstruction =
            this->bernoulli_nll(logits.data(), in.x, rows, to_logits.out, delta_logits.data());
        double divergence = 0;
        for (int n = 0; n < rows; ++n) {
            T sum = T(0);
            for (int j = 0; j < latent; ++j) {
                const int k = n * latent + j;
                sum += T(1) + s[k] - m[k] * m[k] - std::exp(s[k]);
            }
            divergence += static_cast<double>(-half * sum) / rows;
        }

        this->parameter_gradients(to_logits, hidden.data(), delta_logits.data(), rows);
        this->input_gradient(to_logits, delta_logits.data(), rows, delta_hidden.data());
        this->relu_gradient(hidden.data(), rows * to_hidden.out, delta_hidden.data());
        this->parameter_gradients(to_hidden, z.data(), delta_hidden.data(), rows);
        this->input_gradient(to_hidden, delta_hidden.data(), rows, delta_z.data());
        const T* dz = delta_z.data();
        for (int k = 0; k < rows * latent; ++k) delta_mu.data()[k] = dz[k] + in.beta * m[k] / T(rows);
        for (int k = 0; k < rows * latent; ++k)
            delta_logvar.data()[k] =
                dz[k] * noise[k] * std::exp(s[k] / T(2)) / T(2) + in.beta * half * (std::exp(s[k]) - T(1)) / T(rows);
        this->parameter_gradients(to_mu, h.data(), delta_mu.data(), rows);
        this->parameter_gradients(to_logvar, h.data(), delta_logvar.data(), rows);
        this->input_gradient(to_mu, delta_mu.data(), rows, delta_h.data());
        this->input_gradient(to_logvar, delta_logvar.data(), rows, delta_h_logvar.data());
        for (int k = 0; k < rows * to_h.out; ++k) delta_h.data()[k] += delta_h_logvar.data()[k];
        this->relu_gradient(h.data(), rows * to_h.out, delta_h.data());
        this->parameter_gradients(to_h, in.x, delta_h.data(), rows);
        return {reconstruction + static_cast<double>(in.beta) * divergence, reconstruction, divergence};
    }

    typename textbook_model<T>::layer to_h, to_mu, to_logvar, to_hidden, to_logits;
    std::vector<T> h, delta_h, delta_h_logvar, mu, delta_mu, logvar, delta_logvar, z, delta_z, hidden, delta_hidden,
        logits, delta_logits;
};

}

template <class T>
std::unique_ptr<naive_model<T>> make_textbook(model_kind kind, const std::vector<int>& widths, int max_rows) {
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

template std::unique_ptr<naive_model<float>> make_textbook(model_kind, const std::vector<int>&, int);
template std::unique_ptr<naive_model<double>> make_textbook(model_kind, const std::vector<int>&, int);

}

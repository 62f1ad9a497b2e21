// The models in the ordered form, which naive_ordered.hpp explains: each with its buffers, forward and backward.
#include "naive_ordered.hpp"

#include <stdexcept>

namespace naive {

namespace {

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

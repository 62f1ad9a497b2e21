// The denoising autoencoder's learning curve against the hand-written loops.
#include "models/curves.hpp"

TEST_CASE("the denoising autoencoder learns as the hand-written loops do") {
    curves::check_curves<autoencoders::denoising<37, 22>, autoencoders::full_denoising>();
}

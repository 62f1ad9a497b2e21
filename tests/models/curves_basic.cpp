// The basic autoencoder's learning curve against the hand-written loops.
#include "models/curves.hpp"

TEST_CASE("the basic autoencoder learns as the hand-written loops do") {
    curves::check_curves<autoencoders::basic<37, 8>, autoencoders::full_basic>();
}

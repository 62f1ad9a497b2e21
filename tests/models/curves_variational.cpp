// The variational autoencoder's learning curve against the hand-written loops.
#include "models/curves.hpp"

TEST_CASE("the variational autoencoder learns as the hand-written loops do") {
    curves::check_curves<autoencoders::variational<37, 22, 5>, autoencoders::full_variational>();
}

// The sparse autoencoder's learning curve against the hand-written loops.
#include "models/curves.hpp"

TEST_CASE("the sparse autoencoder learns as the hand-written loops do") {
    curves::check_curves<autoencoders::sparse<37, 51>, autoencoders::full_sparse>();
}

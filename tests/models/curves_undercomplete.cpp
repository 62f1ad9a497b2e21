// The undercomplete autoencoder's learning curve against the hand-written loops.
#include "models/curves.hpp"

TEST_CASE("the undercomplete autoencoder learns as the hand-written loops do") {
    curves::check_curves<autoencoders::undercomplete<37, 21, 10, 5>, autoencoders::full_undercomplete>();
}

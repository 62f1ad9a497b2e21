// Two threads of a team write to one place with nothing between them: the thread sanitizer must say so, which shows
// that it sees what a team orders and what it does not.
#include <hourglass/threads/team.hpp>

#include <cstdio>

int main() {
    hourglass::team* const helped = hourglass::teams::take(1, true);
    if (!helped) return 0;
    int written = 0;
    auto task = [&](hourglass::worker w) {
        for (int i = 0; i < 1000; ++i) written += w.thread + i;
    };
    helped->run(2, task);
    helped->give_back();
    std::printf("%d\n", written);
    return 0;
}

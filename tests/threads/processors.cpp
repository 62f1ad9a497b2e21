// How many processors a process may use: control groups of both versions as files in a folder, affinity, environment.
#include <hourglass/threads/processors.hpp>

#include "support/child_process.hpp"
#include "support/folder.hpp"

#include <climits>
#include <cstdlib>
#include <string>

#include <doctest/doctest.h>

namespace {

namespace processors = hourglass::processors;
using namespace hourglass_test;

void put_in(const temporary_folder& folder, const std::string& path, const std::string& text) {
    std::filesystem::create_directories((folder / path).parent_path());
    put(folder / path, text);
}
int in_groups(const temporary_folder& folder) {
    return processors::in_control_group((folder / "process").c_str(), (folder / "groups").c_str());
}

}

TEST_CASE("a quota of processor time is so many processors, rounded up") {
    CHECK(processors::of_quota("100000 100000\n") == 1);
    CHECK(processors::of_quota("100001 100000") == 2);
    CHECK(processors::of_quota("150000 100000") == 2);
    CHECK(processors::of_quota("400000 100000") == 4);
    CHECK(processors::of_quota("1000 100000") == 1);
    for (const char* none : {"max 100000", "", "-1 100000", "100000", "100000 0", "nan 1", "words"}) {
        CAPTURE(none);
        CHECK(processors::of_quota(none) == INT_MAX);
    }
}

TEST_CASE("of a control group and those that hold it the least counts") {
    const temporary_folder folder;
    put_in(folder, "process", "0::/user.slice/job 7\n");
    put_in(folder, "groups/user.slice/job 7/cpu.max", "300000 100000\n");
    CHECK(in_groups(folder) == 3);
    put_in(folder, "groups/user.slice/cpu.max", "200000 100000\n");
    CHECK(in_groups(folder) == 2);
    put_in(folder, "groups/user.slice/cpu.max", "max 100000\n");
    CHECK(in_groups(folder) == 3);
    // A container sees its own group at the root, and may be told of a path outside.
    put_in(folder, "process", "0::/docker/1234\n");
    CHECK(in_groups(folder) == INT_MAX);
    put_in(folder, "groups/cpu.max", "100000 100000\n");
    CHECK(in_groups(folder) == 1);
}

TEST_CASE("control groups of the first version") {
    const temporary_folder folder;
    put_in(folder, "process", "12:memory:/m\n4:cpu,cpuacct:/jobs/a\n3:cpuset:/\n");
    put_in(folder, "groups/cpu/jobs/a/cpu.cfs_quota_us", "500000\n");
    put_in(folder, "groups/cpu/jobs/a/cpu.cfs_period_us", "100000\n");
    CHECK(in_groups(folder) == 5);
    put_in(folder, "groups/cpu/jobs/a/cpu.cfs_quota_us", "-1\n");
    CHECK(in_groups(folder) == INT_MAX);
    put_in(folder, "process", "12:memory:/m\n");
    put_in(folder, "groups/cpu/cpu.cfs_quota_us", "200000\n");
    put_in(folder, "groups/cpu/cpu.cfs_period_us", "100000\n");
    CHECK(in_groups(folder) == 2);
}

TEST_CASE("where there is nothing to read there is no limit") {
    const temporary_folder folder;
    CHECK(in_groups(folder) == INT_MAX);
    put_in(folder, "process", "");
    CHECK(in_groups(folder) == INT_MAX);
    put_in(folder, "process", "neither colons nor anything\n");
    CHECK(in_groups(folder) == INT_MAX);
}

#if defined(__linux__)
TEST_CASE("no more than the scheduler lets the thread use, and than OMP_NUM_THREADS says") {
    CHECK(processors::available() >= 1);
    CHECK(hourglass::thread_limit::by_default().most == std::min(processors::available(), hourglass::most_threads));
    const auto on_one = [] {
        cpu_set_t all, one;
        sched_getaffinity(0, sizeof all, &all);
        CPU_ZERO(&one);
        for (int p = 0; p < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++p)
            if (CPU_ISSET(p, &all)) CPU_SET(p, &one);
        sched_setaffinity(0, sizeof one, &one);
        return processors::available();
    };
    CHECK(outcome(on_one) == 1);
    const auto told = [](const char* number) {
        return outcome([=] {
            setenv("OMP_NUM_THREADS", number, 1);
            return processors::in_environment() == INT_MAX ? 0 : processors::in_environment();
        });
    };
    CHECK(told("3") == 3);
    CHECK(told("4,2") == 4);
    for (const char* nothing : {"", "0", "-2", "many"}) CHECK(told(nothing) == 0);
}
#endif

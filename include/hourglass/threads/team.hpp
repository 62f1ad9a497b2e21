// The threads that help a program's own: teams, each with as many helpers as some run needed, and the list of all teams
// of the process. Helpers sleep between runs. A run takes a free team and gives it back, so programs that the caller
// runs at the same time on several threads have different teams, or none if all processors have helpers already. Knows
// nothing of programs; how many threads one should take is in threads/pace.hpp.
#pragma once

#include <algorithm>
#include <cfenv>
#include <memory>
#include <vector>

#include <hourglass/threads/processors.hpp>
#include <hourglass/threads/worker.hpp>

#if __has_include(<pthread.h>)
    #define HOURGLASS_HAS_THREADS 1
    #include <csignal>
    #include <pthread.h>
#else
    #define HOURGLASS_HAS_THREADS 0
#endif

HOURGLASS_BEGIN

#if HOURGLASS_HAS_THREADS

class team {
public:
    team() = default;
    team(const team&) = delete;
    team& operator=(const team&) = delete;

    int helpers() const { return usable_ ? static_cast<int>(helpers_.size()) : 0; }

    // Takes the team for one run; false if another run has it or its threads are gone.
    bool try_take() {
        if (taken_.exchange(true, std::memory_order_acquire)) return false;
        if (usable_) return true;
        give_back();
        return false;
    }
    void give_back() { taken_.store(false, std::memory_order_release); }

    // Only for the run that has taken the team.

    // Adds helpers until there are this many, or until the system has no more threads.
    void grow(int helpers) {
        while (this->helpers() < helpers) {
            auto made = std::make_unique<helper>();
            made->of = this;
            made->thread = this->helpers() + 1;
            if (!made->start()) return;
            helpers_.push_back(std::move(made));
        }
    }
    // Calls task(worker) in this thread, as the first, and in helpers. Returns how long this thread waited for them, in
    // nanoseconds.
    std::int64_t run(int threads, team_task task) {
        task_ = task;
        threads_ = threads;
        meeting_.waited = 0;
        meeting_.point.expect(threads);
        for (int i = 0; i + 1 < threads; ++i) helpers_[static_cast<std::size_t>(i)]->wake();
        const worker first{0, threads, &meeting_};
        task(first);
        wait_for_all(first);
        return meeting_.waited;
    }
    void stop() {
        usable_ = false;
        threads_ = 0;
        for (const auto& one : helpers_) one->wake();
        for (const auto& one : helpers_) pthread_join(one->id, nullptr);
        helpers_.clear();
    }
    // For a child process, in which none of the threads exists. Their memory is never freed.
    void forget() { usable_ = false; }

private:
    struct alignas(64) helper {
        std::atomic<unsigned> order{0};
        team* of = nullptr;
        int thread = 0;
        pthread_t id{};

        void wake() {
            order.fetch_add(1, std::memory_order_release);
            order.notify_one();
        }
        // Blocks all signals in the helper: they are for threads that the program itself has started.
        bool start() {
            sigset_t all, before;
            sigfillset(&all);
            pthread_sigmask(SIG_SETMASK, &all, &before);
            const int fault = pthread_create(&id, nullptr, &helper::work, this);
            pthread_sigmask(SIG_SETMASK, &before, nullptr);
            return fault == 0;
        }
        static void* work(void* self) {
            helper& me = *static_cast<helper*>(self);
            std::fesetenv(FE_DFL_ENV); // not the rounding mode of the thread that started it
            for (unsigned done = 0;; ++done) {
                wait_while(me.order, done);
                team& t = *me.of;
                if (t.threads_ == 0) return nullptr;
                t.task_({me.thread, t.threads_, &t.meeting_});
                t.meeting_.point.arrive();
            }
        }
    };

    std::atomic<bool> taken_{false};
    bool usable_ = true;
    std::vector<std::unique_ptr<helper>> helpers_{};
    team_meeting meeting_{};
    team_task task_;
    int threads_ = 0;
};

// All teams of the process.
class teams {
public:
    // Takes a team with this many helpers; null if none is available. Programs with a number of threads set by
    // `hg::pinned` get one however many helpers there are.
    static team* take(int helpers, bool is_pinned) {
        teams& all = every();
        const lock held(all.mutex_);
        if (all.closed_) return nullptr;
        team* found = all.take_largest();
        const int missing = helpers - (found ? found->helpers() : 0);
        if (missing > 0 && !is_pinned && all.helpers() + missing > processors::available() - 1) {
            if (found) found->give_back();
            return nullptr;
        }
        if (!found) {
            all.list_.push_back(new team); // never freed: a program may hold it longer than this list lives
            found = all.list_.back();
            found->try_take();
        }
        found->grow(helpers);
        if (found->helpers() >= helpers) return found;
        found->give_back();
        return nullptr;
    }

private:
    struct lock {
        pthread_mutex_t& mutex;
        explicit lock(pthread_mutex_t& m) : mutex(m) { pthread_mutex_lock(&mutex); }
        ~lock() { pthread_mutex_unlock(&mutex); }
        lock(const lock&) = delete;
        lock& operator=(const lock&) = delete;
    };

    teams() {
        pthread_atfork([] { pthread_mutex_lock(&every().mutex_); }, [] { pthread_mutex_unlock(&every().mutex_); },
                       [] { every().begin_again(); });
    }
    static teams& every() {
        static teams* const all = new teams;
        static const struct closing {
            ~closing() { every().close(); } // else unloading a library would leave threads without code
        } at_exit;
        static_cast<void>(at_exit);
        return *all;
    }

    team* take_largest() {
        team* best = nullptr;
        for (team* t : list_) {
            if ((best && best->helpers() >= t->helpers()) || !t->try_take()) continue;
            if (best) best->give_back();
            best = t;
        }
        return best;
    }
    int helpers() const {
        int sum = 0;
        for (const team* t : list_) sum += t->helpers();
        return sum;
    }
    void begin_again() {
        for (team* t : list_) t->forget();
        pthread_mutex_unlock(&mutex_);
    }
    void close() {
        const lock held(mutex_);
        closed_ = true;
        for (team* t : list_)
            if (t->try_take()) t->stop();
    }

    pthread_mutex_t mutex_ = PTHREAD_MUTEX_INITIALIZER;
    std::vector<team*> list_{};
    bool closed_ = false;
};

#else

class team {
public:
    bool try_take() { return false; }
    void give_back() {}
    std::int64_t run(int, team_task) { return 0; }
};
class teams {
public:
    static team* take(int, bool) { return nullptr; }
};

#endif

HOURGLASS_END

// Threads that stand ready between operations.
//
// The operations of a step follow each other within microseconds, and waking a thread that sleeps takes longer than many of them. So a thread
// that has nothing to do looks for work for a while, as those of OpenMP do, before it sleeps.
#pragma once

#include <algorithm>
#include <atomic>
#include <cfenv>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>

namespace bijou {

/// So long a thread looks for work, until it sleeps: longer than JavaScript takes between two operations.
constexpr std::chrono::microseconds PATIENCE{500};

inline void breathe() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/// The thread that calls and `size` - 1 helpers.
///
/// Each begins with a share of its own, the same part of every piece of work, whose numbers are then near it; who is through takes from the
/// shares of others. A helper that comes late finds nothing to do, so nobody waits for one that sleeps.
class Team {
 public:
  /// All operations of a process have one team. It lives as long as the process does.
  static Team& of(int64_t size) {
    static std::mutex guard;
    static Team* team = nullptr;
    const std::lock_guard<std::mutex> lock(guard);
    if (team == nullptr || team->size != size) team = new Team(size);
    return *team;
  }

  /// Calls `body(first, last)` for runs of the units 0 to `units` - 1, and returns when all are done.
  template <class Body>
  void run(int64_t units, Body& body) {
    // Who comes while the team is at work does without it.
    if (taken.test_and_set()) return body((int64_t)0, units);
    call = [](void* it, int64_t first, int64_t last) { (*static_cast<Body*>(it))(first, last); };
    what = &body;
    std::fegetenv(&arithmetic);
    grain = std::max<int64_t>(1, units / (16 * size));
    for (int64_t i = 0; i < size; i++) {
      shares[i].next.store(units * i / size, std::memory_order_relaxed);
      shares[i].end = units * (i + 1) / size;
    }
    open.store(true);
    round.fetch_add(1);
    if (asleep.load() > 0) {
      const std::lock_guard<std::mutex> lock(bed);
      morning.notify_all();
    }
    work(0);
    open.store(false);
    for (int64_t turn = 0; inside.load() > 0; turn++) turn < 4000 ? breathe() : std::this_thread::yield();
    taken.clear();
  }

 private:
  struct alignas(64) Share {
    std::atomic<int64_t> next{0};
    int64_t end = 0;
  };

  explicit Team(int64_t size) : size(size), shares(new Share[size]) {
    for (int64_t i = 1; i < size; i++) std::thread([this, i] { help(i); }).detach();
  }

  void work(int64_t own) {
    for (int64_t i = 0; i < size; i++) {
      Share& share = shares[(own + i) % size];
      for (;;) {
        const int64_t first = share.next.fetch_add(grain);
        if (first >= share.end) break;
        call(what, first, std::min(share.end, first + grain));
      }
    }
  }

  /// What a helper does all its life. It is inside, or it sees that the work is closed: the caller, who closes it and then looks for those
  /// inside, sees at least one of the two as it is.
  void help(int64_t own) {
    for (uint64_t seen = 0;;) {
      seen = next(seen);
      inside.fetch_add(1);
      if (open.load()) {
        // TensorFlow takes the smallest floats for zeros, in its own threads.
        std::fesetenv(&arithmetic);
        work(own);
      }
      inside.fetch_sub(1);
    }
  }

  /// Waits for a round after `seen`.
  uint64_t next(uint64_t seen) {
    const auto start = std::chrono::steady_clock::now();
    for (;;) {
      for (int i = 0; i < 64; i++) {
        const uint64_t now = round.load();
        if (now != seen) return now;
        breathe();
      }
      if (std::chrono::steady_clock::now() - start > PATIENCE) break;
      std::this_thread::yield();
    }
    std::unique_lock<std::mutex> lock(bed);
    asleep.fetch_add(1);
    morning.wait(lock, [&] { return round.load() != seen; });
    asleep.fetch_sub(1);
    return round.load();
  }

  const int64_t size;
  const std::unique_ptr<Share[]> shares;
  std::atomic_flag taken = ATOMIC_FLAG_INIT;
  void (*call)(void*, int64_t, int64_t) = nullptr;
  void* what = nullptr;
  std::fenv_t arithmetic{};
  int64_t grain = 1;
  std::atomic<bool> open{false};
  std::atomic<int64_t> inside{0};
  std::atomic<uint64_t> round{0};
  std::atomic<int64_t> asleep{0};
  std::mutex bed;
  std::condition_variable morning;
};

}  // namespace bijou

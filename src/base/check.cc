#include "base/check.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>

namespace parley {
namespace {

void write_to_stderr(const char* what, const char* file, int line) {
  std::fprintf(stderr, "BUG: %s at %s:%d\n", what, file, line);
}

std::atomic<std::uint64_t> bugs{0};
std::atomic<BugSink> bug_sink{&write_to_stderr};

}  // namespace

void check_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "CHECK failed: %s at %s:%d\n", condition, file, line);
  std::abort();
}

void report_bug(const char* what, const char* file, int line) {
  const std::uint64_t seen = bugs.fetch_add(1, std::memory_order_relaxed);
  // A bug on the packet path must not fill the disk.
  if (seen < 100) bug_sink.load(std::memory_order_relaxed)(what, file, line);
}

std::uint64_t bug_count() {
  return bugs.load(std::memory_order_relaxed);
}

void set_bug_sink(BugSink sink) {
  bug_sink.store(sink, std::memory_order_relaxed);
}

}  // namespace parley

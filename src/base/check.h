// Two of the three kinds of wrong. CHECK: impossible unless this program is broken, so it stops here.
// BUG: doubtful about ourselves: counted and logged once per place, and life goes on. What a peer or the environment
// did wrong is neither; it is a value.
#pragma once

#include <cstdint>

namespace parley {

[[noreturn]] void check_failed(const char* condition, const char* file, int line);
void report_bug(const char* what, const char* file, int line);
std::uint64_t bug_count();

// Where reports of bugs go; the default writes to stderr. Set once at start, before threads.
using BugSink = void (*)(const char* what, const char* file, int line);
void set_bug_sink(BugSink sink);

}  // namespace parley

#define PARLEY_CHECK(condition) \
  (static_cast<bool>(condition) ? void() : ::parley::check_failed(#condition, __FILE__, __LINE__))
#define PARLEY_BUG(what) ::parley::report_bug(what, __FILE__, __LINE__)

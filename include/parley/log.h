// Where the library's log lines go. No secret, token, SDP or key ever stands in one.
#pragma once

#include <functional>
#include <string_view>

namespace parley {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

// May be called from any thread.
using LogSink = std::function<void(LogLevel, std::string_view)>;

}  // namespace parley

// The rules of cmake/layers.txt as functions over text, so that the test can show that they catch what they forbid.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace parley::layering {

// A folder -> what its files may include: folders, or single headers ("folder/header.h").
using Layers = std::map<std::string, std::set<std::string>>;

// One file; `path` from the repository's root.
struct Source {
  std::string path;
  std::string text;
};

// "path:line: why", one per violation.
using Violations = std::vector<std::string>;

inline Layers parse_layers(const std::string& table) {
  Layers layers;
  std::istringstream lines(table);
  for (std::string line; std::getline(lines, line);) {
    line = line.substr(0, line.find('#'));
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    std::string name;
    std::istringstream(line.substr(0, colon)) >> name;
    std::istringstream row(line.substr(colon + 1));
    std::set<std::string>& allowed = layers[name];
    for (std::string entry; row >> entry;) allowed.insert(entry);
  }
  return layers;
}

// "src/session/ingress.cc", 1 -> "session".
inline std::string part(const std::string& path, std::size_t at) {
  std::istringstream in(path);
  std::string word;
  for (std::size_t i = 0; i <= at; ++i) {
    if (!std::getline(in, word, '/')) return "";
  }
  return word;
}

struct Include {
  std::size_t line = 0;
  bool quoted = false;
  std::string name;
};

inline std::vector<Include> includes_of(const std::string& text) {
  static const std::regex pattern(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])");
  std::vector<Include> includes;
  std::istringstream lines(text);
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    std::smatch match;
    if (std::regex_search(line, match, pattern)) includes.push_back({number, match[1] == "\"", match[2]});
  }
  return includes;
}

inline std::string at(const Source& source, std::size_t line, const std::string& why) {
  return source.path + ":" + std::to_string(line) + ": " + why;
}

inline bool starts_with_any(std::string_view text, const std::set<std::string>& prefixes) {
  return std::ranges::any_of(prefixes, [&](const std::string& prefix) { return text.starts_with(prefix); });
}

// Standard headers have neither a dot nor a slash.
inline bool is_standard(const std::string& name) {
  return name.find_first_of("./") == std::string::npos;
}

// Everything that is not io, server or app: a function of its inputs.
inline bool is_pure(const std::string& module) {
  static const std::set<std::string> pure = {"base",    "wire", "transport", "media", "congestion",
                                             "session", "room", "sdp",       "engine"};
  return pure.contains(module);
}

inline bool brings_threads_or_io(const std::string& header) {
  static const std::set<std::string> headers = {
      "thread",     "mutex",   "shared_mutex", "condition_variable", "future", "semaphore", "latch",     "barrier",
      "stop_token", "fstream", "iostream",     "filesystem",         "ctime",  "time.h",    "pthread.h", "csignal",
      "signal.h",   "uv.h"};
  static const std::set<std::string> folders = {"sys/",    "netinet/", "arpa/",     "net/",
                                                "uv/",     "linux/",   "poll.h",    "unistd.h",
                                                "netdb.h", "fcntl.h",  "ifaddrs.h", "libwebsockets"};
  return headers.contains(header) || starts_with_any(header, folders);
}

// The one place below io/ that more than one thread may come to: a count of bugs.
inline bool may_be_atomic(const std::string& path) {
  return path.starts_with("src/base/check.");
}

// The libraries that a pure folder may know; all others know none.
inline std::set<std::string> libraries_of(const std::string& module) {
  if (module == "transport") return {"openssl/", "srtp2/"};
  if (module == "wire") return {"openssl/"};
  return {};
}

// src/<module>/...: what stands on the module's row, itself, and <parley/...>.
inline Violations check_module(const Layers& layers, const Source& source) {
  Violations found;
  const std::string module = part(source.path, 1);
  const auto row = layers.find(module);
  if (row == layers.end()) return {at(source, 1, "the folder " + module + " has no row in layers.txt")};
  for (const Include& include : includes_of(source.text)) {
    const std::string folder = part(include.name, 0);
    if (include.quoted || folder == "parley") {
      const bool allowed =
          folder == module || folder == "parley" || row->second.contains(folder) || row->second.contains(include.name);
      if (!allowed) found.push_back(at(source, include.line, module + " may not include " + include.name));
      continue;
    }
    if (!is_pure(module)) continue;
    const bool foreign = !is_standard(include.name) && !starts_with_any(include.name, libraries_of(module));
    const bool atomic = include.name == "atomic" && !may_be_atomic(source.path);
    if (foreign || atomic || brings_threads_or_io(include.name)) {
      found.push_back(
          at(source, include.line, module + " stands below io/ and may not include <" + include.name + ">"));
    }
  }
  return found;
}

// signaling/...: a user of the library, and its own third-party libraries.
inline Violations check_signaling(const Source& source) {
  static const std::set<std::string> libraries = {"nlohmann/", "libwebsockets.h", "jwt.h", "uv.h",      "openssl/",
                                                  "spdlog/",   "sqlite3.h",       "curl/", "pthread.h", "hiredis/",
                                                  "sys/",      "netinet/",        "arpa/", "unistd.h",  "fcntl.h"};
  static const std::set<std::string> pure = {"call", "presence", "identity", "protocol"};
  Violations found;
  const std::string folder = part(source.path, 1);
  for (const Include& include : includes_of(source.text)) {
    const bool ours = include.name.starts_with("parley/") || include.name.starts_with("signaling/");
    const bool theirs = !include.quoted && (is_standard(include.name) || starts_with_any(include.name, libraries));
    if (!ours && !theirs) found.push_back(at(source, include.line, "signaling may not include " + include.name));
    if (!pure.contains(folder)) continue;
    if (!include.quoted && brings_threads_or_io(include.name)) {
      found.push_back(
          at(source, include.line, "signaling/" + folder + " is pure and may not include <" + include.name + ">"));
    }
    const std::string other = include.name.starts_with("signaling/") ? part(include.name, 1) : "";
    if (other == "hub" || other == "http" || other == "store") {
      found.push_back(at(source, include.line, "signaling/" + folder + " is pure and may not include " + include.name));
    }
  }
  return found;
}

// include/parley: standard headers and each other.
inline Violations check_public(const Source& source) {
  Violations found;
  for (const Include& include : includes_of(source.text)) {
    if (!include.name.starts_with("parley/") && !is_standard(include.name)) {
      found.push_back(at(source, include.line, "a public header may not include " + include.name));
    }
  }
  return found;
}

// Comments and strings may speak of what code may not do. Lines stay where they are.
inline std::string without_comments_and_strings(const std::string& text) {
  std::string code;
  code.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const std::string_view rest = std::string_view(text).substr(i);
    if (rest.starts_with("//")) {
      i += std::min(rest.find('\n'), rest.size());
    } else if (rest.starts_with("/*")) {
      const std::size_t end = std::min(rest.find("*/"), rest.size() - 2) + 2;
      code.append(static_cast<std::size_t>(std::ranges::count(rest.substr(0, end), '\n')), '\n');
      i += end;
    } else if (rest[0] == '"') {
      std::size_t end = 1;
      while (end < rest.size() && rest[end] != '"' && rest[end] != '\n') end += rest[end] == '\\' ? 2u : 1u;
      code += "\"\"";
      i += std::min(end + 1, rest.size());
    } else {
      code += rest[0];
      ++i;
    }
  }
  return code;
}

// Below io/ time is an argument and there is one thread: no clock, no lock, no socket, no sleep.
inline Violations check_purity(const Source& source) {
  static const std::pair<std::regex, std::string> forbidden[] = {
      {std::regex(R"(::\s*now\s*\()"), "reads a clock"},
      {std::regex(R"(\b(clock_gettime|gettimeofday|timespec_get|localtime|gmtime)(_r)?\s*\()"), "reads a clock"},
      {std::regex(R"(\btime\s*\(\s*(nullptr|NULL|0|&))"), "reads a clock"},
      {std::regex(R"(\b(system_clock|steady_clock|high_resolution_clock|utc_clock)\b)"),
       "names a clock that can be read"},
      {std::regex(
           R"(\bstd::(jthread|thread|mutex|shared_mutex|recursive_mutex|condition_variable|lock_guard|unique_lock|scoped_lock|async|future|promise|call_once)\b)"),
       "knows threads"},
      {std::regex(R"(\b(pthread_\w+|sleep_for|sleep_until|usleep|nanosleep|thread_local)\b)"), "knows threads"},
      {std::regex(R"(\b(sendto|sendmsg|sendmmsg|recvfrom|recvmsg|recvmmsg|setsockopt|getaddrinfo)\s*\()"),
       "meets the kernel"},
      {std::regex(R"(\bstd::(random_device|mt19937\w*)\b|\brand\s*\()"),
       "draws random numbers that are not from a seed"},
  };
  static const std::regex atomic(R"(\bstd::atomic\b)");
  Violations found;
  std::istringstream lines(without_comments_and_strings(source.text));
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    for (const auto& [pattern, why] : forbidden) {
      if (std::regex_search(line, pattern)) found.push_back(at(source, number, why));
    }
    if (!may_be_atomic(source.path) && std::regex_search(line, atomic))
      found.push_back(at(source, number, "knows threads"));
  }
  return found;
}

// Every rule that applies to the file.
inline Violations check(const Layers& layers, const Source& source) {
  const std::string top = part(source.path, 0);
  if (top == "signaling") return check_signaling(source);
  if (top == "include") return check_public(source);
  Violations found = check_module(layers, source);
  if (is_pure(part(source.path, 1))) {
    for (std::string& violation : check_purity(source)) found.push_back(std::move(violation));
  }
  return found;
}

// Each parley_module(name LINKS ...) links what its row names: whole folders all, folders of single headers at will.
inline Violations check_links(const Layers& layers, const std::string& cmake_lists) {
  static const std::regex call(R"(parley_module\(\s*(\w+)([^)]*)\))");
  Violations found;
  std::set<std::string> seen;
  for (std::sregex_iterator it(cmake_lists.begin(), cmake_lists.end(), call); it != std::sregex_iterator(); ++it) {
    const std::string module = (*it)[1];
    seen.insert(module);
    std::set<std::string> links;
    std::istringstream words((*it)[2].str());
    bool ours = false;
    for (std::string word; words >> word;) {
      if (word == "LINKS" || word == "PRIVATE_LINKS")
        ours = word == "LINKS";
      else if (ours)
        links.insert(word);
    }
    const auto row = layers.find(module);
    if (row == layers.end()) {
      found.push_back("src/CMakeLists.txt: " + module + " has no row in layers.txt");
      continue;
    }
    for (const std::string& link : links) {
      const bool allowed =
          std::ranges::any_of(row->second, [&](const std::string& entry) { return part(entry, 0) == link; });
      if (!allowed)
        found.push_back("src/CMakeLists.txt: " + module + " links " + link + ", which its row does not name");
    }
    for (const std::string& entry : row->second) {
      const bool folder = entry.find('/') == std::string::npos;
      if (folder && !links.contains(entry))
        found.push_back("src/CMakeLists.txt: " + module + " does not link " + entry);
    }
  }
  for (const auto& [module, row] : layers) {
    if (module != "app" && !seen.contains(module)) found.push_back("src/CMakeLists.txt: there is no module " + module);
  }
  return found;
}

}  // namespace parley::layering

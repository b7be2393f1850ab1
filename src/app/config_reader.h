// Reads keys of a TOML table by their full name, remembers which there are, and keeps the first complaint, with the
// line that it is about. config_file.cc says which keys there are.
#pragma once

#include <toml++/toml.h>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace parley {

class ConfigReader {
 public:
  ConfigReader(const toml::table& root, std::string file) : root_(root), file_(std::move(file)) {}

  void text(const char* key, std::string& into);
  void word(const char* key, std::string& into, const std::vector<std::string>& words);
  void flag(const char* key, bool& into);
  template <std::integral T>
  void number(const char* key, T& into, std::int64_t lowest, std::int64_t highest) {
    if (const auto value = whole(key, lowest, highest)) into = static_cast<T>(*value);
  }
  void rate(const char* key, double& into);
  // Bytes, as a number or as "4MiB".
  template <std::integral T>
  void size(const char* key, T& into, std::int64_t highest) {
    if (const auto value = bytes(key, highest)) into = static_cast<T>(*value);
  }
  // "30s", "500ms"; at most a day.
  template <class D>
  void duration(const char* key, D& into) {
    const auto value = milliseconds(key);
    if (!value) return;
    into = std::chrono::duration_cast<D>(*value);
    if (into.count() == 0) complain(*find(key), key, "must be at least 1s");
  }
  // "90d", or "forever": none.
  void days(const char* key, std::optional<std::chrono::days>& into);
  void texts(const char* key, std::vector<std::string>& into);
  // The entries of a list of tables; none: there is no such key, or it was complained of.
  std::vector<const toml::table*> tables(const char* key, const char* what);

  static std::optional<std::vector<std::string>> strings_of(const toml::node& node);

  // After all keys were named: is there one nobody knows?
  void refuse_unknown() { refuse_unknown(root_, ""); }

  void complain(const toml::node& node, const std::string& key, const std::string& what);
  void complain(std::string sentence);
  const toml::node* find(const std::string& key);
  const std::optional<std::string>& error() const { return error_; }

 private:
  std::optional<std::int64_t> whole(const char* key, std::int64_t lowest, std::int64_t highest);
  std::optional<std::int64_t> bytes(const char* key, std::int64_t highest);
  std::optional<std::chrono::milliseconds> milliseconds(const char* key);
  void refuse_unknown(const toml::table& table, const std::string& prefix);
  std::string suggestion(const std::string& key) const;

  const toml::table& root_;
  std::string file_;
  std::vector<std::string> known_;
  std::optional<std::string> error_;
};

}  // namespace parley

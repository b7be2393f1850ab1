#include "app/config_reader.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <map>
#include <utility>

namespace parley {
namespace {

constexpr std::int64_t kMaxDays = 36'500;

// How many letters must change to make one word of the other.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t corner = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = corner + (a[i - 1] == b[j - 1] ? 0 : 1);
      corner = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row[b.size()];
}

// "30s", "500ms", "2m", "1h" as a number and its unit; or "4MiB", or "90d".
std::optional<std::pair<std::int64_t, std::string_view>> number_and_unit(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0) return std::nullopt;
  return std::pair{number, text.substr(static_cast<std::size_t>(end - text.data()))};
}

std::optional<std::int64_t> scaled(std::int64_t number, std::int64_t factor) {
  if (number > std::numeric_limits<std::int64_t>::max() / factor) return std::nullopt;
  return number * factor;
}

std::optional<std::int64_t> milliseconds_of(std::string_view text) {
  static const std::map<std::string_view, std::int64_t> kUnits{{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}};
  const auto parts = number_and_unit(text);
  if (!parts) return std::nullopt;
  const auto unit = kUnits.find(parts->second);
  return unit == kUnits.end() ? std::nullopt : scaled(parts->first, unit->second);
}

std::optional<std::int64_t> bytes_of(std::string_view text) {
  static const std::map<std::string_view, std::int64_t> kUnits{
      {"", 1}, {"B", 1}, {"KiB", 1024}, {"MiB", 1024 * 1024}, {"GiB", 1024 * 1024 * 1024}};
  const auto parts = number_and_unit(text);
  if (!parts) return std::nullopt;
  const auto unit = kUnits.find(parts->second);
  return unit == kUnits.end() ? std::nullopt : scaled(parts->first, unit->second);
}

}  // namespace

void ConfigReader::text(const char* key, std::string& into) {
  const auto* node = find(key);
  if (node == nullptr) return;
  if (const auto value = node->value_exact<std::string>()) {
    into = *value;
  } else {
    complain(*node, key, "must be a string");
  }
}

void ConfigReader::word(const char* key, std::string& into, const std::vector<std::string>& words) {
  const std::string before = into;
  text(key, into);
  if (std::find(words.begin(), words.end(), into) != words.end()) return;
  std::string list;
  for (const std::string& each : words) list += (list.empty() ? "" : ", ") + each;
  complain(*find(key), key, "must be one of " + list);
  into = before;
}

void ConfigReader::flag(const char* key, bool& into) {
  const auto* node = find(key);
  if (node == nullptr) return;
  if (const auto value = node->value_exact<bool>()) {
    into = *value;
  } else {
    complain(*node, key, "must be true or false");
  }
}

std::optional<std::int64_t> ConfigReader::whole(const char* key, std::int64_t lowest, std::int64_t highest) {
  const auto* node = find(key);
  if (node == nullptr) return std::nullopt;
  const auto value = node->value_exact<std::int64_t>();
  if (value && *value >= lowest && *value <= highest) return value;
  complain(*node, key, "must be a whole number from " + std::to_string(lowest) + " to " + std::to_string(highest));
  return std::nullopt;
}

void ConfigReader::rate(const char* key, double& into) {
  if (const auto value = whole(key, 1, 1'000'000)) into = static_cast<double>(*value);
}

std::optional<std::int64_t> ConfigReader::bytes(const char* key, std::int64_t highest) {
  const auto* node = find(key);
  if (node == nullptr) return std::nullopt;
  std::optional<std::int64_t> bytes = node->value_exact<std::int64_t>();
  if (const auto said = node->value_exact<std::string>()) bytes = bytes_of(*said);
  if (bytes && *bytes >= 0 && *bytes <= highest) return bytes;
  complain(*node, key, "must be a size such as \"4MiB\", at most " + std::to_string(highest) + " bytes");
  return std::nullopt;
}

std::optional<std::chrono::milliseconds> ConfigReader::milliseconds(const char* key) {
  const auto* node = find(key);
  if (node == nullptr) return std::nullopt;
  const auto said = node->value_exact<std::string>();
  const auto ms = said ? milliseconds_of(*said) : std::nullopt;
  if (ms && *ms > 0 && *ms <= 24 * 3'600'000LL) return std::chrono::milliseconds(*ms);
  complain(*node, key, "must be a duration such as \"30s\" or \"500ms\", at most \"24h\"");
  return std::nullopt;
}

void ConfigReader::days(const char* key, std::optional<std::chrono::days>& into) {
  const auto* node = find(key);
  if (node == nullptr) return;
  const auto said = node->value_exact<std::string>();
  if (said == "forever") return into.reset();
  const auto parts = said ? number_and_unit(*said) : std::nullopt;
  if (parts && parts->second == "d" && parts->first > 0 && parts->first <= kMaxDays) {
    into = std::chrono::days(parts->first);
  } else {
    complain(*node, key, "must be a number of days such as \"90d\", or \"forever\"");
  }
}

void ConfigReader::texts(const char* key, std::vector<std::string>& into) {
  const auto* node = find(key);
  if (node == nullptr) return;
  if (auto list = strings_of(*node)) {
    into = std::move(*list);
  } else {
    complain(*node, key, "must be a list of strings");
  }
}

std::vector<const toml::table*> ConfigReader::tables(const char* key, const char* what) {
  std::vector<const toml::table*> found;
  const auto* node = find(key);
  if (node == nullptr) return found;
  const toml::array* const list = node->as_array();
  if (list == nullptr) {
    complain(*node, key, what);
    return found;
  }
  for (const toml::node& entry : *list) {
    const toml::table* const table = entry.as_table();
    if (table == nullptr) {
      complain(entry, key, what);
      return {};
    }
    found.push_back(table);
  }
  return found;
}

std::optional<std::vector<std::string>> ConfigReader::strings_of(const toml::node& node) {
  const toml::array* const list = node.as_array();
  if (list == nullptr) return std::nullopt;
  std::vector<std::string> texts;
  for (const toml::node& each : *list) {
    const auto text = each.value_exact<std::string>();
    if (!text) return std::nullopt;
    texts.push_back(*text);
  }
  return texts;
}

void ConfigReader::complain(const toml::node& node, const std::string& key, const std::string& what) {
  complain(file_ + ":" + std::to_string(node.source().begin.line) + ": " + key + ": " + what);
}

void ConfigReader::complain(std::string sentence) {
  if (!error_) error_ = std::move(sentence);
}

const toml::node* ConfigReader::find(const std::string& key) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) known_.push_back(key);
  return root_.at_path(key).node();
}

void ConfigReader::refuse_unknown(const toml::table& table, const std::string& prefix) {
  for (const auto& [name, value] : table) {
    const std::string key = prefix + std::string(name.str());
    if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
    const bool is_section =
        std::any_of(known_.begin(), known_.end(), [&](const std::string& each) { return each.starts_with(key + "."); });
    if (is_section && value.is_table()) {
      refuse_unknown(*value.as_table(), key + ".");
    } else {
      complain(value, key, "is not a key" + suggestion(key));
    }
  }
}

std::string ConfigReader::suggestion(const std::string& key) const {
  const auto nearest = std::min_element(
      known_.begin(), known_.end(), [&](const auto& a, const auto& b) { return distance(a, key) < distance(b, key); });
  const bool near = nearest != known_.end() && distance(*nearest, key) <= std::max<std::size_t>(2, key.size() / 3);
  return near ? "; did you mean " + *nearest + "?" : "; configs/reference.toml lists them all";
}

}  // namespace parley

#include "signaling/protocol/fields.h"

#include <algorithm>
#include <utility>

#include "signaling/identity/names.h"

namespace parley::signaling {
namespace {

using nlohmann::json;

constexpr std::size_t kMinRandom = 8;
constexpr std::size_t kMaxRandom = 64;

bool is_random_word(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  };
  return text.size() >= kMinRandom && text.size() <= kMaxRandom && std::ranges::all_of(text, allowed);
}

}  // namespace

Fields::Fields(const json& object, std::string where) : object_(object), where_(std::move(where)) {}

std::string Fields::text(const char* name, std::size_t max) {
  return text_of(name, max, true).value_or(std::string());
}

std::optional<std::string> Fields::optional_text(const char* name, std::size_t max) {
  return text_of(name, max, false);
}

std::string Fields::identifier(const char* name) {
  return checked(name, text(name, kMaxName), is_identifier);
}

std::string Fields::optional_name(const char* name) {
  return checked(name, optional_text(name, kMaxName).value_or(std::string()), is_display_name);
}

std::string Fields::random_word(const char* name) {
  std::string word = text(name, kMaxRandom);
  if (!error_ && !is_random_word(word)) complain(name, "must be 8 to 64 letters, digits, - and _");
  return word;
}

std::string Fields::optional_random_word(const char* name) {
  return has(name) ? random_word(name) : std::string();
}

bool Fields::flag(const char* name) {
  const json* value = find(name, true);
  if (value != nullptr && !value->is_boolean()) complain(name, "must be true or false");
  return value != nullptr && value->is_boolean() && value->get<bool>();
}

bool Fields::optional_flag(const char* name) {
  return has(name) && flag(name);
}

std::optional<std::uint64_t> Fields::optional_serial(const char* name) {
  const json* value = find(name, false);
  if (value == nullptr) return std::nullopt;
  if (!value->is_number_unsigned() || value->get<std::uint64_t>() > kMaxSerial) {
    complain(name, "must be a whole number");
    return std::nullopt;
  }
  return value->get<std::uint64_t>();
}

const json* Fields::find(const char* name, bool required) {
  const auto it = object_.find(name);
  if (it != object_.end() && !it->is_null()) return &*it;
  if (required) complain(name, "is missing");
  return nullptr;
}

const json* Fields::list(const char* name, std::size_t max) {
  const json* value = find(name, false);
  if (value == nullptr) return nullptr;
  if (!value->is_array()) {
    complain(name, "must be a list");
    return nullptr;
  }
  if (value->size() > max) {
    complain(name, "has more than " + std::to_string(max) + " entries", ErrorCode::kTooLarge);
    return nullptr;
  }
  return value;
}

void Fields::complain(std::string_view name, std::string_view what, ErrorCode code) {
  if (!error_) error_ = Error{code, where_ + "." + std::string(name) + " " + std::string(what)};
}

void Fields::complain(Error error) {
  if (!error_) error_ = std::move(error);
}

std::optional<std::string> Fields::text_of(const char* name, std::size_t max, bool required) {
  const json* value = find(name, required);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) {
    complain(name, "must be a string");
    return std::nullopt;
  }
  const auto& text = value->get_ref<const std::string&>();
  if (text.size() > max) {
    complain(name, "is longer than " + std::to_string(max) + " bytes", ErrorCode::kTooLarge);
    return std::nullopt;
  }
  return text;
}

std::string Fields::checked(const char* name, std::string value, bool (*is_good)(std::string_view)) {
  if (!error_ && !is_good(value)) {
    complain(name, value.empty() ? "must not be empty" : "must be UTF-8 without control characters");
  }
  return value;
}

}  // namespace parley::signaling

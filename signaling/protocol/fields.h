// The fields of one JSON object, read one by one with their bounds: remembers the first complaint, so that a decoder
// reads as a list of what it expects. For the codecs of this folder only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "parley/error.h"

namespace parley::signaling {

// Serial numbers stay exact in a browser.
inline constexpr std::uint64_t kMaxSerial = (std::uint64_t{1} << 53) - 1;

class Fields {
 public:
  Fields(const nlohmann::json& object, std::string where);

  std::string text(const char* name, std::size_t max);
  std::optional<std::string> optional_text(const char* name, std::size_t max);
  // A member, a room: identity/names.h.
  std::string identifier(const char* name);
  std::string optional_name(const char* name);
  // What a client drew at random: 8 to 64 letters, digits, '-' and '_'.
  std::string random_word(const char* name);
  std::string optional_random_word(const char* name);
  bool flag(const char* name);
  bool optional_flag(const char* name);
  std::optional<std::uint64_t> optional_serial(const char* name);

  bool has(const char* name) { return find(name, false) != nullptr; }
  const nlohmann::json* find(const char* name, bool required);
  // The list, if it is one of at most `max` entries; missing is like empty.
  const nlohmann::json* list(const char* name, std::size_t max);

  void complain(std::string_view name, std::string_view what, ErrorCode code = ErrorCode::kBadRequest);
  void complain(Error error);
  const std::optional<Error>& error() const { return error_; }

 private:
  std::optional<std::string> text_of(const char* name, std::size_t max, bool required);
  std::string checked(const char* name, std::string value, bool (*is_good)(std::string_view));

  const nlohmann::json& object_;
  std::string where_;
  std::optional<Error> error_;
};

}  // namespace parley::signaling

// Where on the pages a call was started (R4): a known place, or other:<label>.
#pragma once

#include <compare>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace parley::signaling::call {

class Origin {
 public:
  static constexpr std::size_t kMaxLabel = 32;

  Origin() = default;  // the site's directory
  static std::optional<Origin> parse(std::string_view text);

  const std::string& text() const { return text_; }
  auto operator<=>(const Origin&) const = default;

 private:
  std::string text_ = "site_directory";
};

}  // namespace parley::signaling::call

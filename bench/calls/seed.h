// Fills a store file with a site, its members and open calls that both have left: what a server finds after a busy
// hour.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

namespace parley::bench {

inline constexpr const char* kSite = "bench";

std::string member_name(std::size_t number);

struct Crowd {
  std::size_t members = 0;
  std::size_t calls = 0;
};

// False, with a line on stderr, if the store refuses.
bool seed(const std::filesystem::path& database, const Crowd& crowd);

}  // namespace parley::bench

// Named bytes from tests/data. In the header alone, so that the tests of the lowest layers need to link nothing for it.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace parley::test {

// The file tests/data/<name>. A test without its data is a broken build, so it stops.
inline std::vector<std::uint8_t> load(const std::string& name) {
  const std::string path = std::string(PARLEY_TEST_DATA) + "/" + name;
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    std::fprintf(stderr, "no test data at %s\n", path.c_str());
    std::abort();
  }
  return std::vector<std::uint8_t>(std::istreambuf_iterator<char>(file), {});
}

}  // namespace parley::test

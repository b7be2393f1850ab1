// Feeds a fuzzer every file of its corpus, then each file cut short and with single bytes changed, so that an ordinary
// build exercises it too. Deterministic: the changes come from the file's own bytes.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

void replay(const std::vector<std::uint8_t>& input) {
  LLVMFuzzerTestOneInput(input.data(), input.size());
  const std::size_t cut_step = input.size() / 64 + 1;
  for (std::size_t cut = 0; cut < input.size(); cut += cut_step) {
    const std::vector<std::uint8_t> shorter(input.begin(), input.begin() + static_cast<std::ptrdiff_t>(cut));
    LLVMFuzzerTestOneInput(shorter.data(), shorter.size());
  }
  std::vector<std::uint8_t> changed = input;
  const std::size_t change_step = input.size() / 128 + 1;
  for (std::size_t at = 0; at < input.size(); at += change_step) {
    for (const int flip : {0xff, 0x80, 0x01}) {
      changed[at] = static_cast<std::uint8_t>(input[at] ^ flip);
      LLVMFuzzerTestOneInput(changed.data(), changed.size());
    }
    changed[at] = input[at];
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t files = 0;
  for (int i = 1; i < argc; ++i) {
    if (!std::filesystem::is_directory(argv[i])) continue;
    for (const auto& entry : std::filesystem::directory_iterator(argv[i])) {
      std::ifstream file(entry.path(), std::ios::binary);
      replay(std::vector<std::uint8_t>(std::istreambuf_iterator<char>(file), {}));
      ++files;
    }
  }
  std::printf("replayed %zu corpus files\n", files);
  // An empty corpus proves nothing.
  return files == 0 ? 1 : 0;
}

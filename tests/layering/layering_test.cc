// Who includes whom, what is pure, and how long a file gets: read from the tree itself.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "layering/rules.h"

namespace parley::layering {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = PARLEY_SOURCE_DIR;

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<Source> sources_below(const std::string& folder) {
  std::vector<Source> sources;
  for (const auto& entry : fs::recursive_directory_iterator(kRoot / folder)) {
    const std::string extension = entry.path().extension();
    if (extension != ".h" && extension != ".cc") continue;
    sources.push_back({fs::relative(entry.path(), kRoot).string(), read(entry.path())});
  }
  return sources;
}

std::vector<Source> all_sources() {
  std::vector<Source> all;
  for (const char* folder : {"src", "include", "signaling"}) {
    for (Source& source : sources_below(folder)) all.push_back(std::move(source));
  }
  return all;
}

Layers layers() {
  return parse_layers(read(kRoot / "cmake/layers.txt"));
}

std::string joined(const Violations& violations) {
  std::string text;
  for (const std::string& violation : violations) text += violation + "\n";
  return text;
}

TEST(Layering, EveryIncludeStandsOnItsModulesRow) {
  const Layers table = layers();
  const std::vector<Source> sources = all_sources();
  EXPECT_GT(sources.size(), 100u);
  for (const Source& source : sources) {
    const Violations found = check(table, source);
    EXPECT_TRUE(found.empty()) << joined(found);
  }
}

TEST(Layering, EveryModuleLinksWhatItsRowNamesAndNothingElse) {
  const Violations found = check_links(layers(), read(kRoot / "src/CMakeLists.txt"));
  EXPECT_TRUE(found.empty()) << joined(found);
}

TEST(Layering, TheTableHasNoCircle) {
  // Read downward: a row names only rows above it, so the order of the file is the proof.
  std::istringstream lines(read(kRoot / "cmake/layers.txt"));
  const Layers table = layers();
  std::set<std::string> above = {"signaling"};
  for (std::string line; std::getline(lines, line);) {
    const std::size_t colon = line.find(':');
    if (line.starts_with('#') || colon == std::string::npos) continue;
    std::string name;
    std::istringstream(line.substr(0, colon)) >> name;
    for (const std::string& entry : table.at(name))
      EXPECT_TRUE(above.contains(part(entry, 0))) << name << " names " << entry;
    above.insert(name);
  }
  EXPECT_GE(above.size(), 13u);
}

TEST(Layering, NoFileGrowsBeyondWhatOneCanHoldInMind) {
  for (const Source& source : all_sources()) {
    const auto lines = std::ranges::count(source.text, '\n');
    EXPECT_LE(lines, 620) << source.path;
  }
}

// The rules themselves.

const char* const kTable = "# who\nbase :\nmedia : base\nsdp : base session/params.h\napp : media signaling\n";

Violations violations_of(const std::string& path, const std::string& text) {
  return check(parse_layers(kTable), {path, text});
}

TEST(LayeringRules, AllowTheRowTheModuleItselfAndThePublicHeaders) {
  EXPECT_EQ(joined(violations_of("src/media/a.cc",
                                 "#include \"media/a.h\"\n#include <vector>\n#include \"base/time.h\"\n"
                                 "#include \"parley/types.h\"\n#include <parley/types.h>\n")),
            "");
  EXPECT_EQ(joined(violations_of("src/sdp/a.cc", "#include \"session/params.h\"\n")), "");
  EXPECT_EQ(joined(violations_of("src/app/a.cc", "#include \"signaling/service.h\"\n#include <mutex>\n")), "");
}

TEST(LayeringRules, NameFileAndLineOfAnIncludeFromAbove) {
  EXPECT_EQ(joined(violations_of("src/base/a.h", "#pragma once\n\n#include \"media/a.h\"\n")),
            "src/base/a.h:3: base may not include media/a.h\n");
}

TEST(LayeringRules, OneHeaderOfAFolderIsNotTheFolder) {
  EXPECT_EQ(violations_of("src/sdp/a.cc", "#include \"session/session.h\"\n").size(), 1u);
}

TEST(LayeringRules, AFolderWithoutARowIsRefused) {
  EXPECT_EQ(violations_of("src/misc/a.cc", "").size(), 1u);
}

TEST(LayeringRules, RefuseThreadsSocketsAndForeignLibrariesBelowIo) {
  for (const char* header : {"mutex", "thread", "atomic", "condition_variable", "sys/socket.h", "netinet/in.h", "uv.h",
                             "unistd.h", "ctime", "fstream", "openssl/evp.h", "nlohmann/json.hpp"}) {
    EXPECT_EQ(violations_of("src/media/a.cc", "#include <" + std::string(header) + ">\n").size(), 1u) << header;
  }
}

TEST(LayeringRules, RefuseClocksThreadsAndChanceInCodeBelowIo) {
  for (const char* code :
       {"auto t = std::chrono::steady_clock::now();", "clock_gettime(CLOCK_MONOTONIC, &ts);",
        "gettimeofday(&tv, nullptr);", "auto t = time(nullptr);", "auto t = ::time(NULL);", "std::mutex m;",
        "std::lock_guard lock(m);", "std::atomic<int> n;", "std::thread t;", "std::this_thread::sleep_for(1s);",
        "static thread_local int n;", "sendto(fd, p, n, 0, a, l);", "std::random_device seed;", "pthread_self();",
        "using Clock = std::chrono::system_clock;"}) {
    EXPECT_FALSE(violations_of("src/media/a.cc", std::string("\n") + code + "\n").empty()) << code;
  }
  EXPECT_EQ(joined(violations_of("src/media/a.cc", "int a;\nauto t = C::now();\n")),
            "src/media/a.cc:2: reads a clock\n");
}

TEST(LayeringRules, LetCommentsAndTextSpeakOfClocks) {
  EXPECT_EQ(joined(violations_of("src/media/a.cc",
                                 "// no std::mutex, no C::now()\n/* time(nullptr)\n */ int a;  // ::now()\n"
                                 "const char* s = \"steady_clock::now()\";\n")),
            "");
  EXPECT_EQ(joined(violations_of("src/media/a.cc", "/* one\n two */\nstd::mutex m;\n")),
            "src/media/a.cc:3: knows threads\n");
}

TEST(LayeringRules, OnlyTheCountOfBugsIsAtomic) {
  const std::string text = "#include <atomic>\nstd::atomic<int> n;\n";
  EXPECT_EQ(violations_of("src/base/check.cc", text).size(), 0u);
  EXPECT_EQ(violations_of("src/base/ring.h", text).size(), 2u);
}

TEST(LayeringRules, SignalingSeesThePublicHeadersItselfAndItsLibraries) {
  EXPECT_EQ(joined(violations_of("signaling/hub/a.cc",
                                 "#include <parley/server.h>\n#include \"parley/types.h\"\n"
                                 "#include \"signaling/hub/hub.h\"\n#include <nlohmann/json.hpp>\n#include <uv.h>\n")),
            "");
  EXPECT_EQ(violations_of("signaling/hub/a.cc", "#include \"base/time.h\"\n").size(), 1u);
  EXPECT_EQ(violations_of("signaling/hub/a.cc", "#include \"server/registry.h\"\n").size(), 1u);
  EXPECT_EQ(violations_of("signaling/hub/a.cc", "#include <boost/asio.hpp>\n").size(), 1u);
}

TEST(LayeringRules, SignalingsPureFoldersDoNoIo) {
  for (const char* folder : {"call", "presence", "identity", "protocol"}) {
    const std::string path = std::string("signaling/") + folder + "/a.cc";
    EXPECT_EQ(joined(violations_of(path, "#include <nlohmann/json.hpp>\n#include <vector>\n")), "");
    for (const char* include : {"<uv.h>", "<fstream>", "<sys/socket.h>", "<thread>", "<libwebsockets.h>",
                                "\"signaling/store/store.h\"", "\"signaling/http/routes.h\""}) {
      EXPECT_EQ(violations_of(path, std::string("#include ") + include + "\n").size(), 1u) << path << include;
    }
  }
}

TEST(LayeringRules, PublicHeadersKnowNothingOfWhatIsInside) {
  EXPECT_EQ(joined(violations_of("include/parley/a.h", "#include <string>\n#include \"parley/types.h\"\n")), "");
  EXPECT_EQ(violations_of("include/parley/a.h", "#include \"base/time.h\"\n").size(), 1u);
  EXPECT_EQ(violations_of("include/parley/a.h", "#include <uv.h>\n").size(), 1u);
}

TEST(LayeringRules, LinksAreTheRow) {
  const Layers table =
      parse_layers("base :\nmedia : base\nsdp : base session/params.h\nsession : base media\napp : base\n");
  const std::string good =
      "parley_module(base)\nparley_module(media LINKS base PRIVATE_LINKS X::Y)\nparley_module(sdp LINKS base session)\n"
      "parley_module(session\n  PRIVATE_LINKS Z LINKS base media)\n";
  EXPECT_EQ(joined(check_links(table, good)), "");
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string changed = good;
    return changed.replace(changed.find(from), from.size(), to);
  };
  EXPECT_EQ(joined(check_links(table, with("media LINKS base", "media LINKS base sdp"))),
            "src/CMakeLists.txt: media links sdp, which its row does not name\n");
  EXPECT_EQ(joined(check_links(table, with("LINKS base media", "LINKS base"))),
            "src/CMakeLists.txt: session does not link media\n");
  EXPECT_EQ(joined(check_links(table, with("parley_module(base)\n", ""))),
            "src/CMakeLists.txt: there is no module base\n");
  EXPECT_EQ(joined(check_links(table, with("(base)", "(best)\nparley_module(base)"))),
            "src/CMakeLists.txt: best has no row in layers.txt\n");
}

}  // namespace
}  // namespace parley::layering

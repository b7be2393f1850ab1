// docs/private-calls.md names the tests that hold each rule; this keeps the list true in both directions.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <string>

namespace parley::signaling::call {
namespace {

constexpr int kRules = 50;

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Rule -> the tests named in its row.
std::map<int, std::set<std::string>> named_in_the_table(const std::string& page) {
  std::map<int, std::set<std::string>> rows;
  static const std::regex row(R"(\n\| R(\d+) \|([^\n]*))");
  static const std::regex name("`(R\\d+_\\w+)`");
  for (std::sregex_iterator at(page.begin(), page.end(), row), end; at != end; ++at) {
    const std::string cells = (*at)[2];
    std::set<std::string>& names = rows[std::stoi((*at)[1])];
    for (std::sregex_iterator one(cells.begin(), cells.end(), name); one != end; ++one) names.insert((*one)[1]);
  }
  return rows;
}

// The tests of this folder that carry a rule's number; a name may carry two.
std::map<int, std::set<std::string>> named_in_the_sources() {
  std::map<int, std::set<std::string>> tests;
  static const std::regex test(R"(TEST(_P)?\(\w+,\s+(R\d+_\w+)\))");
  static const std::regex number(R"(R(\d+)_)");
  for (const auto& entry : std::filesystem::directory_iterator(std::string(PARLEY_SOURCE_DIR) + "/tests/unit/calls")) {
    const std::string text = text_of(entry.path());
    for (std::sregex_iterator at(text.begin(), text.end(), test), end; at != end; ++at) {
      const std::string name = (*at)[2];
      for (std::sregex_iterator one(name.begin(), name.end(), number); one != end; ++one)
        tests[std::stoi((*one)[1])].insert(name);
    }
  }
  return tests;
}

TEST(CallRulesTable, NamesEveryRuleAndEveryTestThatHoldsIt) {
  const auto table = named_in_the_table(text_of(std::string(PARLEY_SOURCE_DIR) + "/docs/private-calls.md"));
  const auto sources = named_in_the_sources();
  for (int rule = 1; rule <= kRules; ++rule) {
    ASSERT_TRUE(table.contains(rule)) << "R" << rule << " has no row";
    const auto tests = sources.contains(rule) ? sources.at(rule) : std::set<std::string>{};
    EXPECT_EQ(table.at(rule), tests) << "R" << rule;
  }
  EXPECT_EQ(table.size(), static_cast<std::size_t>(kRules));
}

}  // namespace
}  // namespace parley::signaling::call

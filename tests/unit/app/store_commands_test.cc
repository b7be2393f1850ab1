#include "app/store_commands.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>

#include "signaling/store/sqlite_backend.h"

namespace parley {
namespace {

namespace store = signaling::store;
namespace call = signaling::call;

const call::SiteId kOak{"oak"};

class StoreCommands : public testing::Test {
 protected:
  StoreCommands() {
    std::string name = (std::filesystem::temp_directory_path() / "store-commands-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    config_.signaling.calls.database = folder_ / "parley.db";
  }
  ~StoreCommands() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<store::SqliteBackend> open() {
    auto opened = store::SqliteBackend::open({.path = config_.signaling.calls.database});
    EXPECT_TRUE(opened) << opened.error().text;
    return std::move(opened).value();
  }
  static void add(store::SqliteBackend& file, const char* member) {
    ASSERT_TRUE(file.upsert_members(kOak, {{.member = call::MemberId(member)}}));
  }
  static bool knows(store::SqliteBackend& file, const char* member) {
    return file.read_member(kOak, call::MemberId(member)).value().has_value();
  }
  std::string copy() const { return folder_ / "copy.db"; }

  std::filesystem::path folder_;
  AppConfig config_;
};

TEST_F(StoreCommands, CopyWhileAServerHasTheDatabaseAndPutTheCopyBackWhenItHasNot) {
  auto running = open();
  add(*running, "ada");
  ASSERT_TRUE(back_up(config_, copy()));
  add(*running, "bob");

  const auto refused = restore(config_, copy());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, config_.signaling.calls.database.string() + " is in use by another process");
  EXPECT_TRUE(knows(*running, "bob"));

  running.reset();
  ASSERT_TRUE(restore(config_, copy()));
  const auto again = open();
  EXPECT_TRUE(knows(*again, "ada"));
  EXPECT_FALSE(knows(*again, "bob"));
  EXPECT_TRUE(std::filesystem::exists(config_.signaling.calls.database.string() + ".replaced"));
}

TEST_F(StoreCommands, PutACopyIntoAFolderThatIsNotThereYet) {
  add(*open(), "ada");
  ASSERT_TRUE(back_up(config_, copy()));
  config_.signaling.calls.database = folder_ / "new" / "parley.db";
  ASSERT_TRUE(restore(config_, copy()));
  EXPECT_TRUE(knows(*open(), "ada"));
}

TEST_F(StoreCommands, SayWhatIsWrong) {
  EXPECT_FALSE(back_up(config_, copy())) << "there is no database";
  EXPECT_FALSE(std::filesystem::exists(config_.signaling.calls.database));
  open();
  EXPECT_EQ(back_up(config_, config_.signaling.calls.database).error().message,
            config_.signaling.calls.database.string() + " is the store itself");
  EXPECT_FALSE(back_up(config_, folder_ / "absent" / "copy.db"));
  EXPECT_FALSE(restore(config_, folder_ / "absent.db"));
  open();
}

}  // namespace
}  // namespace parley

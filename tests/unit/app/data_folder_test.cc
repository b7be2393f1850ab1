#include "app/data_folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace parley {
namespace {

using namespace std::chrono_literals;

class DataFolder : public testing::Test {
 protected:
  ~DataFolder() override { std::filesystem::remove_all(folder_); }
  static mode_t mode_of(const std::filesystem::path& file) {
    struct stat facts{};
    ::stat(file.c_str(), &facts);
    return facts.st_mode & 0777;
  }
  static std::string text_of(const std::string& file) {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
  }
  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("parley-data-" + std::to_string(::getpid()));
  std::chrono::sys_seconds now_ = std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now());
};

TEST_F(DataFolder, MakesAPrivateKeyOnceAndKeepsIt) {
  const auto made = load_or_make_token_key(folder_ / "deep" / "var");
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->bytes.size(), 32u);
  EXPECT_EQ(mode_of(folder_ / "deep" / "var" / "token.key"), 0600u);
  EXPECT_EQ(load_or_make_token_key(folder_ / "deep" / "var")->bytes, made->bytes);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_ / "deep" / "var"), {}), 1);
}

TEST_F(DataFolder, RefusesAKeyThatOthersMayRead) {
  ASSERT_TRUE(load_or_make_token_key(folder_));
  ::chmod((folder_ / "token.key").c_str(), 0640);
  const auto refused = load_or_make_token_key(folder_);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("token.key"), std::string::npos);
}

TEST_F(DataFolder, RefusesAKeyThatIsNone) {
  ASSERT_TRUE(load_or_make_token_key(folder_));
  for (const char* text : {"", "short\n", "zz"}) {
    std::ofstream(folder_ / "token.key") << text;
    EXPECT_FALSE(load_or_make_token_key(folder_)) << text;
  }
}

TEST_F(DataFolder, MakesACertificateAndAnotherWhenItIsAboutToExpire) {
  const auto files = load_or_make_certificate(folder_, {"media.example"}, now_);
  ASSERT_TRUE(files) << files.error().message;
  EXPECT_EQ(mode_of(files->key), 0600u);
  const std::string first = text_of(files->certificate);
  EXPECT_TRUE(first.starts_with("-----BEGIN CERTIFICATE-----"));
  ASSERT_TRUE(load_or_make_certificate(folder_, {}, now_ + 24h * 300));
  EXPECT_EQ(text_of(files->certificate), first);
  ASSERT_TRUE(load_or_make_certificate(folder_, {}, now_ + 24h * 360));
  EXPECT_NE(text_of(files->certificate), first);
}

TEST_F(DataFolder, RefusesAHostThatWouldSmuggleSomethingIntoTheCertificate) {
  EXPECT_FALSE(load_or_make_certificate(folder_, {"a.example,DNS:evil.example"}, now_));
}

TEST_F(DataFolder, MakesTheOperatorsSecretOnceAndKeepsItToItself) {
  const auto made = load_or_make_admin_token(folder_, "");
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->size(), 64u);
  EXPECT_EQ(mode_of(folder_ / "admin.token"), 0600u);
  EXPECT_EQ(*load_or_make_admin_token(folder_, ""), *made);
  ::chmod((folder_ / "admin.token").c_str(), 0644);
  EXPECT_FALSE(load_or_make_admin_token(folder_, ""));
}

TEST_F(DataFolder, TakesTheOperatorsSecretFromAFileThatIsNamed) {
  std::filesystem::create_directories(folder_);
  const std::string file = folder_ / "own.token";
  EXPECT_FALSE(load_or_make_admin_token(folder_, file)) << "a named file is not made";
  std::ofstream(file) << std::string(40, 's') << "\n";
  ::chmod(file.c_str(), 0600);
  EXPECT_EQ(*load_or_make_admin_token(folder_, file), std::string(40, 's'));
  std::ofstream(file) << "short\n";
  EXPECT_FALSE(load_or_make_admin_token(folder_, file));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "admin.token"));
}

class ConfiguredKeys : public DataFolder {
 protected:
  ConfiguredKeys() {
    std::filesystem::create_directories(folder_);
    config_.data_dir = folder_;
    config_.keys = {{"oak-1", folder_ / "oak.key", {"oak"}, true, false}};
  }
  void write_secret(const std::string& text, mode_t mode = 0600) {
    std::ofstream(folder_ / "oak.key") << text;
    ::chmod((folder_ / "oak.key").c_str(), mode);
  }
  AppConfig config_;
};

TEST_F(ConfiguredKeys, StandBesideTheServersOwn) {
  write_secret(std::string(32, 'o') + "\n");
  const auto loaded = load_keys(config_);
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_TRUE(loaded->warnings.empty());
  const signaling::SigningKey* const oak = loaded->keys.find("oak-1");
  ASSERT_NE(oak, nullptr);
  EXPECT_EQ(oak->bytes, std::string(32, 'o'));
  EXPECT_TRUE(oak->signs_for("oak"));
  EXPECT_FALSE(oak->signs_for("elm"));
  EXPECT_FALSE(oak->signs_services);
  EXPECT_EQ(loaded->keys.own().bytes.size(), 32u);
}

TEST_F(ConfiguredKeys, ThatOthersMayReadAreWarnedAbout) {
  write_secret(std::string(32, 'o'), 0644);
  const auto loaded = load_keys(config_);
  ASSERT_TRUE(loaded) << loaded.error().message;
  ASSERT_EQ(loaded->warnings.size(), 1u);
  EXPECT_NE(loaded->warnings[0].find("oak.key"), std::string::npos);
  EXPECT_EQ(loaded->warnings[0].find("ooo"), std::string::npos);
}

TEST_F(ConfiguredKeys, ThatAreMissingShortOrEndlessAreRefused) {
  EXPECT_FALSE(load_keys(config_));
  for (const std::size_t size : {std::size_t{0}, std::size_t{31}, std::size_t{4096}}) {
    write_secret(std::string(size, 'o'));
    const auto refused = load_keys(config_);
    ASSERT_FALSE(refused) << size;
    EXPECT_NE(refused.error().message.find("oak.key"), std::string::npos);
  }
}

}  // namespace
}  // namespace parley

// The command line: run the server, make a token, check a configuration, copy the database and put a copy back.
#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>

#include "app/config_file.h"
#include "app/confine.h"
#include "app/data_folder.h"
#include "app/run.h"
#include "app/store_commands.h"
#include "signaling/identity/names.h"
#include "signaling/identity/token.h"

namespace {

struct TokenOptions {
  std::string site = parley::signaling::kSite;
  std::string room;
  std::string member;
  bool publish = false;
  bool subscribe = false;
  bool service = false;
  std::int64_t ttl = 7200;  // seconds
};

int complain(const std::string& sentence) {
  std::fprintf(stderr, "parley: %s\n", sentence.c_str());
  return 1;
}

int print_token(const parley::AppConfig& config, const TokenOptions& wish) {
  namespace signaling = parley::signaling;
  if (!wish.service && wish.member.empty()) return complain("--member is needed, or --service");
  if (!signaling::is_identifier(wish.site)) return complain("--site is 1 to 128 bytes of text");
  if (!signaling::is_display_name(wish.member) || !signaling::is_display_name(wish.room)) {
    return complain("--member and --room are up to 128 bytes of text without control characters");
  }
  if (wish.ttl <= 0) return complain("--ttl must be longer than nothing");
  const auto key = parley::load_or_make_token_key(config.data_dir);
  if (!key) return complain(key.error().message);
  const auto now = std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now());
  signaling::Grant grant;
  grant.site = wish.site;
  grant.room = wish.room;
  grant.member = wish.member;
  grant.service = wish.service;
  // Neither said: both, in the rooms that it is for. A member without a room has private calls, which need neither.
  const bool neither = !wish.publish && !wish.subscribe;
  const bool both = wish.service || (neither && !wish.room.empty());
  grant.publish = both || wish.publish;
  grant.subscribe = both || wish.subscribe;
  grant.expires_at = now + std::chrono::seconds(wish.ttl);
  std::printf("%s\n", signaling::write_token(grant, *key, now).c_str());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Parley, a selective forwarding media server");
  app.set_version_flag("--version", "parley " PARLEY_VERSION);
  std::string file;
  app.add_option("--config", file, "The configuration file (TOML)");
  bool lan = false;
  app.add_flag("--lan", lan,
               "Let the example community, which signs in anyone, listen on other than loopback addresses");

  CLI::App* const check = app.add_subcommand("check-config", "Read the configuration and say whether it is right");
  check->add_option("--config", file, "The configuration file (TOML)");

  TokenOptions wish;
  CLI::App* const token =
      app.add_subcommand("token", "Print a token for a member of a room or of a site, signed with this server's key");
  token->add_option("--config", file, "The configuration file (TOML)");
  token->add_option("--site", wish.site, "The site of its bearer");
  token->add_option(
      "--room", wish.room,
      "The one room it is good for; without it, private calls, and any room with --publish or --subscribe");
  token->add_option("--member", wish.member, "Who its bearer is");
  token->add_flag("--publish", wish.publish,
                  "May send; with --room and neither --publish nor --subscribe, both are allowed");
  token->add_flag("--subscribe", wish.subscribe, "May receive");
  token->add_flag("--service", wish.service,
                  "For a program of yours: any room and member of the site, and the figures");
  token->add_option("--ttl", wish.ttl, "How long it is good, in seconds or as 30m, 2h, 7d")
      ->transform(
          CLI::AsNumberWithUnit(std::map<std::string, std::int64_t>{{"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}},
                                CLI::AsNumberWithUnit::CASE_SENSITIVE, "TIME"));

  std::string copy;
  CLI::App* const backup = app.add_subcommand("backup", "Copy the database, also while the server runs");
  backup->add_option("--config", file, "The configuration file (TOML)");
  backup->add_option("--to", copy, "The file to write; one that is there is replaced")->required();
  CLI::App* const restore =
      app.add_subcommand("restore", "Put a copy in the database's place, with the server stopped");
  restore->add_option("--config", file, "The configuration file (TOML)");
  restore->add_option("--from", copy, "The file that backup wrote")->required();
  app.require_subcommand(0, 1);
  CLI11_PARSE(app, argc, argv);

  if (file.empty()) return complain("--config is needed; configs/quickstart.toml is a start");
  auto config = parley::load_config(file);
  if (!config) return complain(config.error().message);
  if (!lan) {
    if (const auto confined = parley::confine_example(*config); !confined) {
      return complain(file + ": " + confined.error().message);
    }
  }
  if (check->parsed()) {
    std::printf("%s is right\n", file.c_str());
    return 0;
  }
  if (token->parsed()) return print_token(*config, wish);
  if (backup->parsed() || restore->parsed()) {
    const auto done = backup->parsed() ? parley::back_up(*config, copy) : parley::restore(*config, copy);
    if (!done) return complain(done.error().message);
    std::printf(backup->parsed() ? "%s is a copy of %s\n" : "%s was put in the place of %s\n", copy.c_str(),
                config->signaling.calls.database.c_str());
    return 0;
  }
  return parley::run(*config);
}

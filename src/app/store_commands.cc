#include "app/store_commands.h"

#include <filesystem>
#include <system_error>

#include "signaling/store/sqlite_files.h"

namespace parley {
namespace {

namespace store = signaling::store;

Result<void> told(const store::Answer<store::Done>& done) {
  if (done) return {};
  return std::unexpected(Error{ErrorCode::kEnvironment, done.error().text});
}

}  // namespace

Result<void> back_up(const AppConfig& config, const std::string& to) {
  return told(store::back_up_store(config.signaling.calls.database, to));
}

Result<void> restore(const AppConfig& config, const std::string& from) {
  const std::filesystem::path database = config.signaling.calls.database;
  // A new machine has no folder yet.
  std::error_code ignored;
  if (database.has_parent_path()) std::filesystem::create_directories(database.parent_path(), ignored);
  return told(store::restore_store(from, database));
}

}  // namespace parley

// The tables and how they came to be: migrations by number, each written once and never changed after a release. Says
// which schema a file has, refuses a newer one, and brings an older one up, keeping a copy of the file from before each
// step.
#pragma once

#include <filesystem>

#include "signaling/store/sqlite_db.h"

namespace parley::signaling::store {

int newest_schema();
// 0: an empty file.
Answer<int> schema_of(Database& db);
// Up to the newest. The copies lie beside the file: <file>.schema-<number>.
Answer<Done> migrate(Database& db, const std::filesystem::path& path, WallTime now);

}  // namespace parley::signaling::store

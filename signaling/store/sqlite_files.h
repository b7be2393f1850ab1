// The store's file as a file: who has it open, copies of it, and putting one back.
#pragma once

#include <filesystem>
#include <utility>

#include "signaling/store/sqlite_db.h"

namespace parley::signaling::store {

// Held as long as a process has the store open: <file>.lock. Goes with the process, however that ends.
class FileLock {
 public:
  static Answer<FileLock> take(const std::filesystem::path& path);
  FileLock(FileLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  FileLock& operator=(FileLock&& other) noexcept {
    std::swap(file_, other.file_);
    return *this;
  }
  ~FileLock();

 private:
  explicit FileLock(int file) : file_(file) {}
  int file_ = -1;
};

// One moment of `from`, whole or not at all: written beside `to`, brought to the disk, then renamed. Writers go on.
Answer<Done> copy_database(Database& from, const std::filesystem::path& to);

// For an operator, whether or not a server has the store open: a copy of `from` as it is now, at `to`.
Answer<Done> back_up_store(const std::filesystem::path& from, const std::filesystem::path& to);

// For an operator, with the server stopped (kInUse otherwise): puts the copy at `from` in the place of `to`, after its
// integrity and schema were checked. What was there before stays beside it as <to>.replaced.
Answer<Done> restore_store(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace parley::signaling::store

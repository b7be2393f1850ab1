// Bytes as the wire has them: views, and a reader and a writer that can't leave their span.
// A reader that ran short stays failed and yields zeros, so that a parser checks once, at its end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

namespace parley {

using Bytes = std::span<const std::uint8_t>;
using MutableBytes = std::span<std::uint8_t>;

inline Bytes as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline std::uint16_t load_be16(const std::uint8_t* p) {
  return static_cast<std::uint16_t>(p[0] << 8 | p[1]);
}
inline std::uint32_t load_be24(const std::uint8_t* p) {
  return static_cast<std::uint32_t>(p[0]) << 16 | static_cast<std::uint32_t>(p[1]) << 8 | p[2];
}
inline std::uint32_t load_be32(const std::uint8_t* p) {
  return static_cast<std::uint32_t>(p[0]) << 24 | static_cast<std::uint32_t>(p[1]) << 16 |
         static_cast<std::uint32_t>(p[2]) << 8 | p[3];
}
inline std::uint64_t load_be64(const std::uint8_t* p) {
  return static_cast<std::uint64_t>(load_be32(p)) << 32 | load_be32(p + 4);
}
inline void store_be16(std::uint8_t* p, std::uint16_t v) {
  p[0] = static_cast<std::uint8_t>(v >> 8);
  p[1] = static_cast<std::uint8_t>(v);
}
inline void store_be24(std::uint8_t* p, std::uint32_t v) {
  p[0] = static_cast<std::uint8_t>(v >> 16);
  p[1] = static_cast<std::uint8_t>(v >> 8);
  p[2] = static_cast<std::uint8_t>(v);
}
inline void store_be32(std::uint8_t* p, std::uint32_t v) {
  store_be16(p, static_cast<std::uint16_t>(v >> 16));
  store_be16(p + 2, static_cast<std::uint16_t>(v));
}
inline void store_be64(std::uint8_t* p, std::uint64_t v) {
  store_be32(p, static_cast<std::uint32_t>(v >> 32));
  store_be32(p + 4, static_cast<std::uint32_t>(v));
}

class ByteReader {
 public:
  explicit ByteReader(Bytes bytes) : bytes_(bytes) {}

  bool ok() const { return ok_; }
  std::size_t remaining() const { return bytes_.size() - at_; }
  std::size_t position() const { return at_; }

  std::uint8_t u8() { return take(1) ? bytes_[at_ - 1] : std::uint8_t{0}; }
  std::uint16_t be16() { return take(2) ? load_be16(&bytes_[at_ - 2]) : std::uint16_t{0}; }
  std::uint32_t be24() { return take(3) ? load_be24(&bytes_[at_ - 3]) : 0u; }
  std::uint32_t be32() { return take(4) ? load_be32(&bytes_[at_ - 4]) : 0u; }
  std::uint64_t be64() { return take(8) ? load_be64(&bytes_[at_ - 8]) : std::uint64_t{0}; }
  Bytes bytes(std::size_t n) { return take(n) ? bytes_.subspan(at_ - n, n) : Bytes{}; }
  Bytes rest() { return bytes(remaining()); }
  void skip(std::size_t n) { take(n); }

 private:
  bool take(std::size_t n) {
    if (!ok_ || n > remaining()) {
      ok_ = false;
      return false;
    }
    at_ += n;
    return true;
  }

  Bytes bytes_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

class ByteWriter {
 public:
  explicit ByteWriter(MutableBytes out) : out_(out) {}

  bool ok() const { return ok_; }
  std::size_t size() const { return at_; }
  std::size_t remaining() const { return out_.size() - at_; }
  Bytes written() const { return out_.first(at_); }

  void u8(std::uint8_t v) {
    if (take(1)) out_[at_ - 1] = v;
  }
  void be16(std::uint16_t v) {
    if (take(2)) store_be16(&out_[at_ - 2], v);
  }
  void be24(std::uint32_t v) {
    if (take(3)) store_be24(&out_[at_ - 3], v);
  }
  void be32(std::uint32_t v) {
    if (take(4)) store_be32(&out_[at_ - 4], v);
  }
  void be64(std::uint64_t v) {
    if (take(8)) store_be64(&out_[at_ - 8], v);
  }
  void bytes(Bytes v) {
    if (!v.empty() && take(v.size())) std::memcpy(&out_[at_ - v.size()], v.data(), v.size());
  }
  void zeros(std::size_t n) {
    if (n != 0 && take(n)) std::memset(&out_[at_ - n], 0, n);
  }

 private:
  bool take(std::size_t n) {
    if (!ok_ || n > out_.size() - at_) {
      ok_ = false;
      return false;
    }
    at_ += n;
    return true;
  }

  MutableBytes out_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

}  // namespace parley

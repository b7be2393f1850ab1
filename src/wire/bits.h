// Bits in network order, for the formats that are not made of bytes. As with ByteReader, what ran short stays failed.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"

namespace parley {

class BitReader {
 public:
  explicit BitReader(Bytes bytes, std::size_t at = 0) : bytes_(bytes), at_(at) {}

  bool ok() const { return ok_; }
  std::size_t position() const { return at_; }
  void fail() { ok_ = false; }

  bool flag() { return bits(1) != 0; }
  // At most 32.
  std::uint32_t bits(unsigned count) {
    if (!ok_ || at_ + count > bytes_.size() * 8) {
      ok_ = false;
      return 0;
    }
    std::uint32_t value = 0;
    for (unsigned i = 0; i < count; ++i, ++at_) value = value << 1 | (bytes_[at_ / 8] >> (7 - at_ % 8) & 1u);
    return value;
  }
  // A number below `bound`, which needs no power of two: ns(n) of the AV1 bitstream specification, §4.10.7.
  std::uint32_t below(std::uint32_t bound) {
    unsigned width = 0;
    for (std::uint32_t x = bound; x != 0; x >>= 1) ++width;
    if (width == 0) return 0;
    const std::uint32_t short_ones = (1u << width) - bound;
    const std::uint32_t value = bits(width - 1);
    if (value < short_ones) return value;
    return (value << 1) - short_ones + bits(1);
  }

 private:
  Bytes bytes_;
  std::size_t at_;
  bool ok_ = true;
};

class BitWriter {
 public:
  explicit BitWriter(MutableBytes out) : out_(out) {}

  bool ok() const { return ok_; }
  // Bytes begun; the last one is filled with zeros.
  std::size_t size() const { return (at_ + 7) / 8; }

  void bits(std::uint32_t value, unsigned count) {
    if (!ok_ || at_ + count > out_.size() * 8) {
      ok_ = false;
      return;
    }
    for (unsigned i = 0; i < count; ++i, ++at_) {
      if (at_ % 8 == 0) out_[at_ / 8] = 0;
      const std::uint32_t bit = value >> (count - 1 - i) & 1;
      out_[at_ / 8] = static_cast<std::uint8_t>(out_[at_ / 8] | bit << (7 - at_ % 8));
    }
  }
  // The bits [from, to) of other bytes.
  void copy(Bytes source, std::size_t from, std::size_t to) {
    BitReader reader(source, from);
    while (ok_ && from < to) {
      const auto count = static_cast<unsigned>(to - from < 32 ? to - from : 32);
      bits(reader.bits(count), count);
      from += count;
    }
    ok_ = ok_ && reader.ok();
  }

 private:
  MutableBytes out_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

}  // namespace parley

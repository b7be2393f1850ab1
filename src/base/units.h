// Amounts with their unit in the type: `Bitrate target = size / elapsed;` compiles, adding bytes to bits does not.
#pragma once

#include <compare>
#include <cstdint>

#include "base/time.h"

namespace parley {

class DataSize {
 public:
  constexpr DataSize() = default;
  static constexpr DataSize bytes(std::int64_t n) { return DataSize(n); }
  constexpr std::int64_t bytes() const { return bytes_; }
  constexpr auto operator<=>(const DataSize&) const = default;
  constexpr DataSize& operator+=(DataSize other) {
    bytes_ += other.bytes_;
    return *this;
  }
  constexpr DataSize& operator-=(DataSize other) {
    bytes_ -= other.bytes_;
    return *this;
  }
  friend constexpr DataSize operator+(DataSize a, DataSize b) { return a += b; }
  friend constexpr DataSize operator-(DataSize a, DataSize b) { return a -= b; }

 private:
  constexpr explicit DataSize(std::int64_t n) : bytes_(n) {}
  std::int64_t bytes_ = 0;
};

class Bitrate {
 public:
  constexpr Bitrate() = default;
  static constexpr Bitrate bps(std::int64_t n) { return Bitrate(n); }
  static constexpr Bitrate kbps(std::int64_t n) { return Bitrate(n * 1000); }
  constexpr std::int64_t bps() const { return bps_; }
  constexpr auto operator<=>(const Bitrate&) const = default;
  friend constexpr Bitrate operator+(Bitrate a, Bitrate b) { return Bitrate(a.bps_ + b.bps_); }
  friend constexpr Bitrate operator-(Bitrate a, Bitrate b) { return Bitrate(a.bps_ - b.bps_); }
  friend constexpr Bitrate operator*(Bitrate a, double f) {
    return Bitrate(static_cast<std::int64_t>(static_cast<double>(a.bps_) * f));
  }

 private:
  constexpr explicit Bitrate(std::int64_t n) : bps_(n) {}
  std::int64_t bps_ = 0;
};

constexpr Bitrate operator/(DataSize size, Duration elapsed) {
  return elapsed.count() <= 0 ? Bitrate()
                              : Bitrate::bps(static_cast<std::int64_t>(static_cast<double>(size.bytes()) * 8e9 /
                                                                       static_cast<double>(elapsed.count())));
}
constexpr DataSize operator*(Bitrate rate, Duration elapsed) {
  return DataSize::bytes(
      static_cast<std::int64_t>(static_cast<double>(rate.bps()) * static_cast<double>(elapsed.count()) / 8e9));
}

}  // namespace parley

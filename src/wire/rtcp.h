// RTCP compounds (RFC 3550 §6.1, §6.4 to §6.6; reduced size RFC 5506): splitting one into its packets, and the header
// every packet shares. Each packet type has its leaf: rtcp_reports.h, rtcp_sdes.h, rtcp_feedback.h, rtcp_xr.h,
// transport_cc.h.
//
// A leaf has parse_x(const RtcpPacket&) -> optional<X>, whose lists are views, and write_x(ByteWriter&, ...) -> bool:
// false, and nothing written, if the packet does not fit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>

#include "base/bytes.h"
#include "base/strong_id.h"

namespace parley {

enum class RtcpType : std::uint8_t {
  kSenderReport = 200,
  kReceiverReport = 201,
  kSdes = 202,
  kBye = 203,
  kApp = 204,
  kTransportFeedback = 205,  // RTPFB, RFC 4585 §6.2
  kPayloadFeedback = 206,    // PSFB, RFC 4585 §6.3
  kExtendedReport = 207,     // RFC 3611
};

// Feedback message types, the `count` of RTPFB and PSFB packets.
inline constexpr std::uint8_t kFormatNack = 1;
inline constexpr std::uint8_t kFormatTransportCc = 15;
inline constexpr std::uint8_t kFormatPli = 1;
inline constexpr std::uint8_t kFormatFir = 4;
inline constexpr std::uint8_t kFormatApplicationLayer = 15;  // REMB

inline constexpr std::size_t kRtcpHeaderSize = 4;
inline constexpr std::size_t kMaxRtcpCount = 31;

// One packet of a compound.
struct RtcpPacket {
  RtcpType type{};
  std::uint8_t count = 0;  // RC, SC or FMT
  Bytes body;              // behind the header, without padding
};

// Steps through a compound. Lengths are strict: what does not add up ends the walk and fails ok().
class RtcpCursor {
 public:
  explicit RtcpCursor(Bytes compound) : rest_(compound), ok_(!compound.empty()) {}
  std::optional<RtcpPacket> next();
  bool ok() const { return ok_; }

 private:
  Bytes rest_;
  bool ok_;
};

// Every packet's version, length and padding fit (RFC 3550 A.2), whatever the order of types.
bool is_valid_rtcp(Bytes compound);

// Calls f(const RtcpPacket&) for each packet of a valid compound; false, and no call, for any other.
template <class F>
bool for_each_rtcp(Bytes compound, F&& f) {
  if (!is_valid_rtcp(compound)) return false;
  RtcpCursor cursor(compound);
  while (const auto packet = cursor.next()) f(*packet);
  return true;
}

// How T stands on the wire: kSize and read(). For lists of records of one size.
template <class T>
struct WireRecord;

template <>
struct WireRecord<Ssrc> {
  static constexpr std::size_t kSize = 4;
  static Ssrc read(const std::uint8_t* p) { return Ssrc(load_be32(p)); }
};

// A list of records that stays in the packet; each is read when asked for.
template <class T>
class RecordList {
 public:
  static constexpr std::size_t kRecordSize = WireRecord<T>::kSize;

  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using pointer = void;
    using reference = T;
    Iterator() = default;
    explicit Iterator(const std::uint8_t* at) : at_(at) {}
    T operator*() const { return WireRecord<T>::read(at_); }
    Iterator& operator++() {
      at_ += kRecordSize;
      return *this;
    }
    Iterator operator++(int) {
      const Iterator before = *this;
      ++*this;
      return before;
    }
    bool operator==(const Iterator&) const = default;

   private:
    const std::uint8_t* at_ = nullptr;
  };

  RecordList() = default;
  // A rest that is no whole record is ignored.
  explicit RecordList(Bytes bytes) : bytes_(bytes.first(bytes.size() / kRecordSize * kRecordSize)) {}

  std::size_t size() const { return bytes_.size() / kRecordSize; }
  bool empty() const { return bytes_.empty(); }
  T operator[](std::size_t i) const { return WireRecord<T>::read(bytes_.data() + i * kRecordSize); }
  Iterator begin() const { return Iterator(bytes_.data()); }
  Iterator end() const { return Iterator(bytes_.data() + bytes_.size()); }

 private:
  Bytes bytes_;
};

// Starts a packet whose body has that size (whole 32-bit words). False, and nothing written, unless all of it fits.
bool begin_rtcp(ByteWriter& out, RtcpType type, std::uint8_t count, std::size_t body_size);

}  // namespace parley

// Feedback messages: generic NACK and PLI (RFC 4585 §6.2.1, §6.3.1), FIR (RFC 5104 §4.3.1), REMB
// (draft-alvestrand-rmcat-remb-03).
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "base/units.h"
#include "wire/rtcp.h"

namespace parley {

// One lost packet and a mask of the 16 behind it.
struct NackItem {
  std::uint16_t first = 0;
  std::uint16_t following = 0;
  bool operator==(const NackItem&) const = default;
};

template <>
struct WireRecord<NackItem> {
  static constexpr std::size_t kSize = 4;
  static NackItem read(const std::uint8_t* p) { return {load_be16(p), load_be16(p + 2)}; }
};

struct Nack {
  Ssrc sender;
  Ssrc media;
  RecordList<NackItem> items;

  // Calls f(std::uint16_t sequence) for each packet asked for.
  template <class F>
  void for_each_sequence(F&& f) const {
    for (const NackItem item : items) {
      f(item.first);
      for (unsigned bit = 0; bit < 16; ++bit) {
        if ((item.following >> bit & 1) != 0) f(static_cast<std::uint16_t>(item.first + bit + 1));
      }
    }
  }
};

struct Pli {
  Ssrc sender;
  Ssrc media;
  bool operator==(const Pli&) const = default;
};

struct FirEntry {
  Ssrc ssrc;
  std::uint8_t sequence = 0;  // a repeated command has the same number
  bool operator==(const FirEntry&) const = default;
};

template <>
struct WireRecord<FirEntry> {
  static constexpr std::size_t kSize = 8;
  static FirEntry read(const std::uint8_t* p) { return {Ssrc(load_be32(p)), p[4]}; }
};

struct Fir {
  Ssrc sender;
  RecordList<FirEntry> entries;
};

struct Remb {
  Ssrc sender;
  Bitrate bitrate;
  RecordList<Ssrc> ssrcs;
};

std::optional<Nack> parse_nack(const RtcpPacket& packet);
std::optional<Pli> parse_pli(const RtcpPacket& packet);
std::optional<Fir> parse_fir(const RtcpPacket& packet);
// Nothing for other application layer feedback.
std::optional<Remb> parse_remb(const RtcpPacket& packet);

// Sequences in ascending order (around the wrap); neighbours share an item. Nothing to ask for is refused.
bool write_nack(ByteWriter& out, Ssrc sender, Ssrc media, std::span<const std::uint16_t> sequences);
bool write_pli(ByteWriter& out, Ssrc sender, Ssrc media);
bool write_fir(ByteWriter& out, Ssrc sender, FirEntry entry);
// The bitrate is rounded down to what 18 bits of mantissa hold.
bool write_remb(ByteWriter& out, Ssrc sender, Bitrate bitrate, std::span<const Ssrc> ssrcs);

}  // namespace parley

// What waits to leave one session, in order. The fan-out writes notes of what to send, the session's Egress turns them
// into packets: the payload stays where it came in until its copy for this receiver is made.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/packet_pool.h"
#include "base/slot_map.h"
#include "base/strong_id.h"
#include "media/payload_rewriter.h"
#include "wire/rtp_extensions.h"

namespace parley {

class SendStream;

// A header extension's value that is carried over from the incoming packet, as a place in it. Size 0: none.
struct CarriedExtension {
  std::uint16_t offset = 0;
  std::uint8_t size = 0;
};

struct EgressNote {
  PacketRef packet;  // null: a padding-only packet
  Handle<SendStream> stream;
  std::uint16_t payload_offset = 0;
  std::uint16_t payload_size = 0;
  std::uint32_t timestamp = 0;
  std::uint16_t sequence = 0;
  PayloadType payload_type;
  bool marker = false;
  std::optional<AudioLevel> audio_level;
  std::optional<std::uint8_t> video_orientation;
  CarriedExtension playout_delay;
  CarriedExtension dependency_descriptor;
  std::uint16_t frame_number = 0;  // of the descriptor, on the slot's own line
  PayloadPatches patches;
};

// The sessions with something to send, each once; the engine visits them in flush(). Sessions are named by their index
// in its table.
class DirtyList {
 public:
  void add(std::uint32_t session) { sessions_.push_back(session); }
  std::vector<std::uint32_t>& sessions() { return sessions_; }
  void clear() { sessions_.clear(); }

 private:
  std::vector<std::uint32_t> sessions_;
};

class EgressQueue {
 public:
  // More than a screenful of keyframes; a receiver that is further behind than this within one batch has lost anyway.
  static constexpr std::size_t kCapacity = 4096;

  EgressQueue(DirtyList& dirty, std::uint32_t session) : dirty_(&dirty), session_(session) {}

  // False when full.
  bool push(EgressNote note) {
    if (notes_.size() == kCapacity) return false;
    mark_dirty();
    notes_.push_back(std::move(note));
    return true;
  }
  // Something beside notes wants to leave.
  void mark_dirty() {
    if (!listed_) dirty_->add(session_);
    listed_ = true;
  }
  std::vector<EgressNote>& notes() { return notes_; }
  // Everything has left. Keeps its memory.
  void clear() {
    notes_.clear();
    listed_ = false;
  }

 private:
  DirtyList* dirty_;
  std::uint32_t session_;
  std::vector<EgressNote> notes_;
  bool listed_ = false;
};

}  // namespace parley

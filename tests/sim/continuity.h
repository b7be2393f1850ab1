// The promise of a slot, as a check over what a receiver wrote down: its numbers and times run on, whatever is bound to
// it, and show no gap or jump that the publisher or the network did not make.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "base/sequence.h"
#include "support/sim_peer.h"

namespace parley::sim {

// By unwrapped outgoing sequence number; a number that came twice fails.
inline std::map<std::int64_t, Received> in_order(const std::vector<Received>& received, std::uint32_t ssrc) {
  std::map<std::int64_t, Received> slot;
  SequenceUnwrapper unwrapper;
  for (const Received& packet : received) {
    if (packet.ssrc != ssrc) continue;
    const std::int64_t sequence = unwrapper.unwrap(packet.sequence);
    EXPECT_TRUE(slot.emplace(sequence, packet).second)
        << "number " << packet.sequence << " came twice on ssrc " << ssrc;
  }
  return slot;
}

// `lossless`: everything that left the engine arrived, so a missing number is the engine's fault unless the publisher's
// own numbers miss there too.
inline void expect_continuous(const std::vector<Received>& received, std::uint32_t ssrc, bool lossless) {
  const auto slot = in_order(received, ssrc);
  const Received* before = nullptr;  // the last packet of media
  std::int64_t before_sequence = 0;
  std::int64_t last_number = 0;  // of media or padding
  for (const auto& [sequence, packet] : slot) {
    const std::int64_t previous_number = std::exchange(last_number, sequence);
    if (packet.padding_only) continue;
    if (before != nullptr) {
      const auto out_step = sequence - before_sequence;
      const auto out_time = static_cast<std::int32_t>(packet.timestamp - before->timestamp);
      const auto in_step = static_cast<std::uint16_t>(packet.stamp.sequence - before->stamp.sequence);
      const auto in_time = static_cast<std::int32_t>(packet.stamp.timestamp - before->stamp.timestamp);
      const bool same_track = packet.stamp.publisher == before->stamp.publisher &&
                              packet.stamp.stream == before->stamp.stream && in_step < 3000;
      EXPECT_GE(out_time, 0) << "time ran back at number " << packet.sequence;
      if (same_track) {
        if (lossless) {
          EXPECT_LE(out_step, in_step) << "a gap that the publisher did not make at number " << packet.sequence;
        }
        // Neighbours are as far apart as the publisher made them; a new run of the same track may sit elsewhere.
        if (out_step == in_step && in_step == 1) {
          EXPECT_EQ(out_time, in_time) << "time jumped at number " << packet.sequence;
        }
      } else if (lossless) {
        EXPECT_EQ(sequence, previous_number + 1) << "a gap at the change of track at number " << packet.sequence;
      }
    }
    before = &packet;
    before_sequence = sequence;
  }
}

}  // namespace parley::sim

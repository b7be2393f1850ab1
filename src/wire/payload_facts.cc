#include "wire/payload_facts.h"

#include "wire/av1.h"
#include "wire/h264.h"
#include "wire/vp8.h"
#include "wire/vp9.h"

namespace parley {
namespace {

std::optional<PayloadFacts> vp8_facts(Bytes payload, bool marker) {
  const auto vp8 = parse_vp8(payload);
  if (!vp8) return std::nullopt;
  PayloadFacts facts;
  facts.keyframe_start = vp8->keyframe;
  facts.frame_start = vp8->frame_start;
  facts.frame_end = marker;
  facts.has_layers = vp8->temporal_id.has_value();
  facts.temporal_id = vp8->temporal_id.value_or(0);
  facts.layer_sync = vp8->layer_sync;
  facts.discardable = vp8->non_reference;
  facts.picture_id = vp8->picture_id;
  facts.tl0_index = vp8->tl0_index;
  facts.width = vp8->width;
  facts.height = vp8->height;
  return facts;
}

std::optional<PayloadFacts> vp9_facts(Bytes payload) {
  const auto vp9 = parse_vp9(payload);
  if (!vp9) return std::nullopt;
  PayloadFacts facts;
  facts.keyframe_start = vp9->keyframe;
  facts.frame_start = vp9->frame_start;
  facts.frame_end = vp9->frame_end;
  facts.has_layers = vp9->has_layers;
  facts.spatial_id = vp9->spatial_id;
  facts.temporal_id = vp9->temporal_id;
  facts.layer_sync = vp9->switching_up;
  facts.picture_id = vp9->picture_id;
  facts.tl0_index = vp9->tl0_index;
  if (vp9->structure && vp9->structure->has_resolutions) {
    const auto& largest = vp9->structure->resolutions[vp9->structure->spatial_layers - 1u];
    facts.width = largest.width;
    facts.height = largest.height;
  }
  return facts;
}

std::optional<PayloadFacts> h264_facts(Bytes payload, bool marker) {
  const auto h264 = parse_h264(payload);
  if (!h264) return std::nullopt;
  PayloadFacts facts;
  facts.keyframe_start = h264->keyframe;
  facts.frame_start = h264->frame_start;
  facts.frame_end = marker;
  // A unit beside the slices (AUD, SEI) has 0 as well and says nothing about the picture.
  facts.discardable = h264->first == NalType::kSlice && h264->ref_idc == 0;
  return facts;
}

std::optional<PayloadFacts> av1_facts(Bytes payload, bool marker) {
  const auto av1 = parse_av1(payload);
  if (!av1) return std::nullopt;
  PayloadFacts facts;
  facts.keyframe_start = av1->keyframe();
  facts.frame_start = av1->frame_start();
  facts.frame_end = marker;
  facts.has_layers = av1->temporal_id.has_value();
  facts.temporal_id = av1->temporal_id.value_or(0);
  facts.spatial_id = av1->spatial_id.value_or(0);
  return facts;
}

}  // namespace

std::optional<PayloadFacts> payload_facts(Codec codec, Bytes payload, bool marker) {
  switch (codec) {
    case Codec::kVp8: return vp8_facts(payload, marker);
    case Codec::kVp9: return vp9_facts(payload);
    case Codec::kH264: return h264_facts(payload, marker);
    case Codec::kAv1: return av1_facts(payload, marker);
    case Codec::kOpus: break;
  }
  if (payload.empty()) return std::nullopt;
  PayloadFacts facts;
  facts.keyframe_start = facts.frame_start = facts.frame_end = true;
  return facts;
}

}  // namespace parley

#include "wire/rtp_extensions.h"

namespace parley {

RtpExtensionReader::RtpExtensionReader(std::uint16_t profile, Bytes block) {
  two_byte_ = is_two_byte_profile(profile);
  if (two_byte_ || profile == kOneByteProfile) rest_ = block;
}

std::optional<RtpExtensionReader::Element> RtpExtensionReader::next() {
  return two_byte_ ? next_two_byte() : next_one_byte();
}

std::optional<RtpExtensionReader::Element> RtpExtensionReader::next_one_byte() {
  while (!rest_.empty()) {
    const std::uint8_t head = rest_[0];
    const std::uint8_t id = head >> 4;
    const std::size_t length = (head & 0x0f) + 1u;
    if (head == 0) {
      rest_ = rest_.subspan(1);
      continue;
    }
    // Id 15 is reserved and ends the processing of the block (RFC 8285 §4.2).
    if (id == 15) {
      rest_ = {};
      break;
    }
    auto element = take(id, 1, length);
    // Id 0 with a length is none of a sender's business, but its bytes can be stepped over.
    if (!element || id != 0) return element;
  }
  return std::nullopt;
}

std::optional<RtpExtensionReader::Element> RtpExtensionReader::next_two_byte() {
  while (!rest_.empty()) {
    const std::uint8_t id = rest_[0];
    // Padding is a single byte, without a length.
    if (id == 0) {
      rest_ = rest_.subspan(1);
      continue;
    }
    if (rest_.size() < 2) {
      malformed_ = true;
      rest_ = {};
      break;
    }
    return take(id, 2, rest_[1]);
  }
  return std::nullopt;
}

std::optional<RtpExtensionReader::Element> RtpExtensionReader::take(std::uint8_t id, std::size_t header,
                                                                    std::size_t length) {
  if (rest_.size() < header + length) {
    malformed_ = true;
    rest_ = {};
    return std::nullopt;
  }
  const Element element{id, rest_.subspan(header, length)};
  rest_ = rest_.subspan(header + length);
  return element;
}

RtpExtensions parse_rtp_extensions(const RtpView& view, const ExtensionMap& map) {
  RtpExtensions result;
  RtpExtensionReader reader(view);
  while (const auto element = reader.next()) {
    const auto extension = map.extension(element->id);
    if (!extension) continue;
    const Bytes data = element->data;
    switch (*extension) {
      case RtpExtension::kMid: result.mid = as_text(data); break;
      case RtpExtension::kRid: result.rid = as_text(data); break;
      case RtpExtension::kRepairedRid: result.repaired_rid = as_text(data); break;
      case RtpExtension::kAudioLevel:
        if (!data.empty())
          result.audio_level = AudioLevel{(data[0] & 0x80) != 0, static_cast<std::uint8_t>(data[0] & 0x7f)};
        break;
      case RtpExtension::kAbsSendTime:
        if (data.size() == 3) result.abs_send_time = load_be24(data.data());
        break;
      case RtpExtension::kTransportCc:
        if (data.size() == 2) result.transport_cc = load_be16(data.data());
        break;
      case RtpExtension::kDependencyDescriptor: result.dependency_descriptor = data; break;
      case RtpExtension::kVideoOrientation:
        if (!data.empty()) result.video_orientation = data[0];
        break;
      case RtpExtension::kPlayoutDelay:
        if (data.size() == 3) result.playout_delay = data;
        break;
      case RtpExtension::kCount: break;
    }
  }
  return result;
}

namespace {

constexpr std::uint8_t kZeros[3] = {0, 0, 0};

constexpr std::size_t round_up_to_words(std::size_t size) {
  return (size + 3) / 4 * 4;
}

}  // namespace

void RtpExtensionWriter::set(RtpExtension extension, Bytes data) {
  if (!map_->has(extension)) return;
  elements_[static_cast<std::size_t>(extension)] = Element{true, data};
}

void RtpExtensionWriter::set_audio_level(AudioLevel level) {
  audio_level_ = static_cast<std::uint8_t>((level.voice ? 0x80 : 0) | (level.level & 0x7f));
  set(RtpExtension::kAudioLevel, Bytes(&audio_level_, 1));
}

void RtpExtensionWriter::set_video_orientation(std::uint8_t orientation) {
  video_orientation_ = orientation;
  set(RtpExtension::kVideoOrientation, Bytes(&video_orientation_, 1));
}

void RtpExtensionWriter::reserve_abs_send_time() {
  set(RtpExtension::kAbsSendTime, Bytes(kZeros, 3));
}
void RtpExtensionWriter::reserve_transport_cc() {
  set(RtpExtension::kTransportCc, Bytes(kZeros, 2));
}

bool RtpExtensionWriter::needs_two_byte(std::size_t extension) const {
  const std::size_t size = elements_[extension].data.size();
  return map_->id(static_cast<RtpExtension>(extension)) > 14 || size > 16 || size == 0;
}

RtpExtensionBlock RtpExtensionWriter::build(MutableBytes out, std::size_t minimum_size) const {
  // Which form, and how long?
  bool two_byte = false;
  for (std::size_t i = 0; i < elements_.size(); ++i) {
    two_byte = two_byte || (elements_[i].present && two_byte_permitted_ && needs_two_byte(i));
  }
  const auto is_left_out = [&](std::size_t i) {
    if (!elements_[i].present) return true;
    return two_byte ? elements_[i].data.size() > 255 : needs_two_byte(i);
  };
  std::size_t size = 0;
  for (std::size_t i = 0; i < elements_.size(); ++i) {
    if (!is_left_out(i)) size += (two_byte ? 2 : 1) + elements_[i].data.size();
  }
  if (size < minimum_size) size = minimum_size;
  size = round_up_to_words(size);
  if (size == 0 || size > out.size()) return {};

  // Elements, then zeros.
  RtpExtensionBlock block;
  block.profile = two_byte ? kTwoByteProfile : kOneByteProfile;
  block.size = size;
  std::size_t at = 0;
  for (std::size_t i = 0; i < elements_.size(); ++i) {
    if (is_left_out(i)) continue;
    const auto extension = static_cast<RtpExtension>(i);
    const Bytes data = elements_[i].data;
    const std::uint8_t id = map_->id(extension);
    if (two_byte) {
      out[at++] = id;
      out[at++] = static_cast<std::uint8_t>(data.size());
    } else {
      out[at++] = static_cast<std::uint8_t>(static_cast<unsigned>(id) << 4 | (data.size() - 1));
    }
    if (extension == RtpExtension::kAbsSendTime) block.abs_send_time_offset = at;
    if (extension == RtpExtension::kTransportCc) block.transport_cc_offset = at;
    if (!data.empty()) std::memcpy(&out[at], data.data(), data.size());
    at += data.size();
  }
  std::memset(out.data() + at, 0, size - at);
  return block;
}

}  // namespace parley

// The first two bytes are the profile, the rest is a block. What is read is built again, in both modes, and must read
// the same.
#include <array>
#include <cstdint>

#include "base/check.h"
#include "wire/rtp_extensions.h"

using namespace parley;

namespace {

RtpView view_of(std::uint16_t profile, Bytes block) {
  RtpView view;
  view.extension_profile = profile;
  view.extension_block = block;
  return view;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const Bytes block = Bytes(data, size).subspan(2);
  RtpExtensionReader reader(load_be16(data), block);
  std::size_t total = 0;
  while (const auto element = reader.next()) total += element->data.size() + 1;
  PARLEY_CHECK(total <= block.size());

  ExtensionMap map;
  for (std::uint8_t i = 0; i < kRtpExtensionCount; ++i) {
    map.set(static_cast<RtpExtension>(i), static_cast<std::uint8_t>(i + 1));
  }
  const RtpExtensions read = parse_rtp_extensions(view_of(load_be16(data), block), map);
  for (const bool two_byte : {false, true}) {
    RtpExtensionWriter writer(map, two_byte);
    if (!read.mid.empty()) writer.set_text(RtpExtension::kMid, read.mid);
    if (!read.dependency_descriptor.empty())
      writer.set(RtpExtension::kDependencyDescriptor, read.dependency_descriptor);
    if (read.audio_level) writer.set_audio_level(*read.audio_level);
    if (read.transport_cc) writer.reserve_transport_cc();
    std::array<std::uint8_t, 1024> out{};
    const auto built = writer.build(out);
    PARLEY_CHECK(built.size % 4 == 0);
    if (built.transport_cc_offset != 0) store_be16(&out[built.transport_cc_offset], *read.transport_cc);
    const RtpExtensions again = parse_rtp_extensions(view_of(built.profile, Bytes(out).first(built.size)), map);
    PARLEY_CHECK(again.audio_level == read.audio_level);
    PARLEY_CHECK(again.transport_cc == read.transport_cc);
    if (two_byte || read.mid.size() <= 16) PARLEY_CHECK(again.mid == read.mid);
    if (two_byte) PARLEY_CHECK(again.dependency_descriptor.size() == read.dependency_descriptor.size());
  }
  return 0;
}

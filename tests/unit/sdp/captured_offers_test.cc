// Every offer that a real client made, answered.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "sdp/answer.h"
#include "sdp/writer.h"
#include "unit/sdp/offers.h"

namespace parley::sdp {
namespace {

using test::captured_offers;
using test::load;
using test::parsed;
using test::Session;
using testing::HasSubstr;
using testing::IsEmpty;

class CapturedOffer : public testing::TestWithParam<std::string> {};

TEST_P(CapturedOffer, GetsAnAnswerThatAgreesWithIt) {
  const auto offer = parsed(load(GetParam()));
  Session session;
  session.context.capabilities = {.nack = true, .transport_cc = true, .remb = true};
  session.context.max_tracks = 64;
  const auto out = session.accept(load(GetParam()));
  const auto text = parsed(out.sdp);
  ASSERT_EQ(text.media.size(), offer.media.size());
  for (std::size_t i = 0; i < offer.media.size(); ++i) {
    const MediaSection* offered = &offer.media[i];
    const MediaSection* answered = &text.media[i];
    SCOPED_TRACE(offered->mid);
    EXPECT_EQ(answered->mid, offered->mid);
    EXPECT_EQ(answered->media, offered->media);
    EXPECT_EQ(answered->protocol, offered->protocol);
    const bool bundled = std::ranges::find(text.bundle, answered->mid) != text.bundle.end();
    EXPECT_EQ(bundled, answered->port != 0);
    for (const auto& format : answered->formats) EXPECT_THAT(offered->formats, testing::Contains(format));
    for (const ExtMap& extension : answered->extensions) {
      const auto same = [&](const ExtMap& other) { return other.id == extension.id && other.uri == extension.uri; };
      EXPECT_TRUE(std::ranges::any_of(offered->extensions, same)) << extension.uri;
    }
    for (const RtpMap& codec : answered->codecs) {
      const auto found = std::ranges::find(offered->codecs, codec.payload_type, &RtpMap::payload_type);
      ASSERT_NE(found, offered->codecs.end());
      EXPECT_EQ(codec.name, found->name);
      for (const auto& feedback : codec.feedback) EXPECT_THAT(found->feedback, testing::Contains(feedback));
    }
    if (offered->media == "application") continue;
    const bool stopped = offered->port == 0 && !offered->bundle_only;
    EXPECT_EQ(answered->port == 0, stopped);
    EXPECT_EQ(answered->direction, stopped ? Direction::kInactive : reversed(offered->direction));
  }
}

INSTANTIATE_TEST_SUITE_P(Clients, CapturedOffer, testing::ValuesIn(captured_offers()),
                         [](const auto& offer) { return offer.param; });

TEST(CapturedOffers, OfDataChannelsAloneGetAnAnswerThatRejectsThem) {
  for (const char* name : {"chromium_datachannel_only", "firefox_datachannel_only", "werift_datachannel_only"}) {
    const auto out = Session().accept(load(name));
    EXPECT_EQ(parsed(out.sdp).media.at(0).port, 0);
    EXPECT_THAT(parsed(out.sdp).bundle, IsEmpty());
    EXPECT_FALSE(out.params.remote_ice.ufrag.empty());
  }
}

TEST(CapturedOffers, OfOneClientAreAnsweredToTheByte) {
  for (const char* name : {"chromium_simulcast3", "firefox_audio_video", "chromium_recvonly_audio_video"}) {
    SCOPED_TRACE(name);
    std::ifstream file(std::string(PARLEY_TEST_DATA) + "/sdp/" + name + ".answer", std::ios::binary);
    const std::string golden{std::istreambuf_iterator<char>(file), {}};
    EXPECT_EQ(Session().accept(load(name)).sdp, golden);
  }
}

}  // namespace
}  // namespace parley::sdp

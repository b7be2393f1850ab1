#include "sdp/reoffer.h"

#include <string_view>
#include <unordered_map>

#include "sdp/media_answer.h"
#include "sdp/text.h"

namespace parley::sdp {
namespace {

template <class Line>
void compare_lines(const std::vector<Line>& before, const std::vector<Line>& after, std::vector<std::string>& added,
                   std::vector<std::string>& removed, std::vector<std::string>& changed) {
  std::unordered_map<std::string_view, const Line*> gone;
  for (const Line& line : before) gone.emplace(line.mid, &line);
  for (const Line& line : after) {
    const auto found = gone.find(line.mid);
    if (found == gone.end()) {
      added.push_back(line.mid);
      continue;
    }
    if (*found->second != line) changed.push_back(line.mid);
    gone.erase(found);
  }
  for (const Line& line : before) {
    if (gone.contains(line.mid)) removed.push_back(line.mid);
  }
}

}  // namespace

std::optional<SdpError> check_against_previous(const SessionDescription& offer, const NegotiatedState& previous) {
  const auto& before = previous.lines;
  if (offer.media.size() < before.size()) {
    return SdpError{0, "the offer has " + std::to_string(offer.media.size()) + " m-lines where the last one had " +
                           std::to_string(before.size()) + "; m-lines are stopped, never left out"};
  }
  std::unordered_map<std::string_view, std::size_t> place_of;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i].accepted) place_of.emplace(before[i].mid, i);
  }
  for (std::size_t i = 0; i < offer.media.size(); ++i) {
    const MediaSection& now = offer.media[i];
    const auto place = place_of.find(now.mid);
    if (place != place_of.end() && place->second != i) {
      return SdpError{now.line.number, "mid " + quoted(now.mid) + " is in use by another m-line"};
    }
    // What was rejected or is stopped now leaves its place to anyone.
    if (i >= before.size() || !before[i].accepted || !is_live(now)) continue;
    if (now.mid != before[i].mid) {
      return SdpError{now.line.number, "the m-line's mid was " + quoted(before[i].mid) + "; it can't become " +
                                           quoted(now.mid) + " before the m-line is stopped"};
    }
    if (now.media != before[i].media) {
      return SdpError{now.line.number, "the m-line was " + quoted(before[i].media) + "; it can't become " +
                                           quoted(now.media) + " before the m-line is stopped"};
    }
  }
  return std::nullopt;
}

SessionDelta compare(const SessionParams& before, const SessionParams& after) {
  SessionDelta delta;
  compare_lines(before.receive, after.receive, delta.receive_added, delta.receive_removed, delta.receive_changed);
  compare_lines(before.send, after.send, delta.send_added, delta.send_removed, delta.send_changed);
  return delta;
}

}  // namespace parley::sdp

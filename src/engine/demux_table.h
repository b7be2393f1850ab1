// Which session a datagram belongs to: by validated path for media, by local ufrag for a STUN request from a path that
// is new.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/datagram.h"
#include "base/slot_map.h"

namespace parley {

template <class Entry>
class DemuxTable {
 public:
  // The latest proof wins: a port that changed hands leads to its new owner.
  void map_path(const Path& path, Handle<Entry> session) {
    Handle<Entry>& owner = by_path_[path];
    if (owner == session) return;
    owner = session;
    auto& paths = keys_[session].paths;
    if (std::ranges::find(paths, path) == paths.end()) paths.push_back(path);
    forget_last();
  }
  // No-op if the path belongs to another session by now.
  void unmap_path(const Path& path, Handle<Entry> session) {
    forget_last();
    if (const auto it = by_path_.find(path); it != by_path_.end() && it->second == session) by_path_.erase(it);
    if (const auto it = keys_.find(session); it != keys_.end()) std::erase(it->second.paths, path);
  }
  Handle<Entry> find(const Path& path) {
    // Datagrams come in bursts.
    if (path == last_path_) return last_;
    const auto it = by_path_.find(path);
    if (it == by_path_.end()) return {};
    last_path_ = path;
    last_ = it->second;
    return last_;
  }

  void map_ufrag(const std::string& ufrag, Handle<Entry> session) {
    by_ufrag_[ufrag] = session;
    auto& ufrags = keys_[session].ufrags;
    if (std::ranges::find(ufrags, ufrag) == ufrags.end()) ufrags.push_back(ufrag);
  }
  void unmap_ufrag(std::string_view ufrag, Handle<Entry> session) {
    if (const auto it = by_ufrag_.find(ufrag); it != by_ufrag_.end() && it->second == session) by_ufrag_.erase(it);
    if (const auto it = keys_.find(session); it != keys_.end()) std::erase(it->second.ufrags, ufrag);
  }
  Handle<Entry> find_ufrag(std::string_view ufrag) const {
    const auto it = by_ufrag_.find(ufrag);
    return it == by_ufrag_.end() ? Handle<Entry>{} : it->second;
  }

  // Everything that leads to a session that is gone.
  void forget(Handle<Entry> session) {
    forget_last();
    const auto keys = keys_.extract(session);
    if (keys.empty()) return;
    for (const Path& path : keys.mapped().paths) unmap_path(path, session);
    for (const std::string& ufrag : keys.mapped().ufrags) unmap_ufrag(ufrag, session);
  }

  std::size_t paths() const { return by_path_.size(); }

 private:
  void forget_last() {
    last_path_ = Path{};
    last_ = {};
  }

  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };

  // What may lead to a session, so that forgetting one does not look at all. A path that changed hands may still be
  // listed.
  struct Keys {
    std::vector<Path> paths;
    std::vector<std::string> ufrags;
  };

  std::unordered_map<Path, Handle<Entry>> by_path_;
  std::unordered_map<std::string, Handle<Entry>, TextHash, std::equal_to<>> by_ufrag_;
  std::unordered_map<Handle<Entry>, Keys> keys_;
  Path last_path_;
  Handle<Entry> last_;
};

}  // namespace parley

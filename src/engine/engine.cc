#include "engine/engine.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/check.h"
#include "engine/demux_table.h"
#include "room/room.h"
#include "session/session.h"
#include "wire/demux.h"
#include "wire/stun.h"

namespace parley {

class Engine::Impl {
 public:
  Impl(const EngineConfig& config, PacketPool& pool, DtlsFactory& dtls, Rng rng)
      : config_(config),
        rng_(rng),
        context_{pool,        streams_,
                 dirty_,      stats_.drops,
                 dtls,        rng_,
                 config.srtp, IceTimeouts{config.ice_connect_timeout, config.consent_timeout, config.suspect_after}} {}

  void execute(Command command, Time now, EngineOutput& out) {
    std::visit([&](auto& c) { execute(std::move(c), now, out); }, command);
  }

  void receive(Datagram datagram, EngineOutput& out) {
    ++stats_.datagrams_received;
    stats_.bytes_received += datagram.packet.size();
    switch (classify(datagram.packet.bytes())) {
      case DatagramClass::kStun: return receive_stun(datagram, out);
      case DatagramClass::kDtls: return receive_dtls(datagram, out);
      case DatagramClass::kRtp: return receive_rtp(std::move(datagram), out);
      case DatagramClass::kRtcp: return receive_rtcp(std::move(datagram), out);
      case DatagramClass::kUnknown: return drop(DropReason::kUnknownDatagram);
    }
  }

  void tick(Time now, EngineOutput& out) {
    handshaking_ = 0;
    sessions_.for_each([&](Handle<Entry> h, Entry& entry) {
      if (entry.session->handshaking()) ++handshaking_;
      if (now < entry.deadline) return;
      entry.session->tick(now, out.datagrams, session_events_);
      entry.deadline = entry.session->next_deadline();
      route(h, now, out);
    });
    ask_for_keyframes(now);
  }

  void flush(Time now, EngineOutput& out) {
    for (const std::uint32_t index : dirty_.sessions()) {
      Entry* entry = sessions_.at_index(index);
      if (entry != nullptr) stats_.rtp_forwarded += entry->session->flush(now, out.datagrams);
    }
    dirty_.clear();
  }

  Time next_deadline() const {
    Time next = kNever;
    sessions_.for_each([&](Handle<Entry>, const Entry& entry) { next = std::min(next, entry.deadline); });
    rooms_.for_each([&](Handle<Room>, const Room& room) { next = std::min(next, room.next_deadline()); });
    return next;
  }

  std::size_t sessions() const { return sessions_.size(); }

  EngineStats stats() const {
    EngineStats stats = stats_;
    stats.sessions = sessions_.size();
    stats.rooms = rooms_.size();
    return stats;
  }

 private:
  struct Entry {
    SessionId id{};
    Handle<Room> room;
    RoomId room_id{};
    std::unique_ptr<Session> session;
    Time deadline{};
  };

  void drop(DropReason reason) { stats_.drops.add(reason); }
  Entry* find(SessionId id) {
    const auto it = by_id_.find(id);
    return it == by_id_.end() ? nullptr : sessions_.find(it->second);
  }
  Room* room_of(const Entry& entry) { return rooms_.find(entry.room); }

  // Commands.

  void execute(AddSession command, Time now, EngineOutput& out) {
    if (by_id_.contains(command.session)) return PARLEY_BUG("a session was added twice");
    if (sessions_.size() >= config_.max_sessions) {
      out.events.push_back(SessionEnded{command.session, CloseReason::kRemoved});
      return;
    }
    const Handle<Entry> h = sessions_.emplace();
    Entry& entry = *sessions_.find(h);
    entry.id = command.session;
    entry.room_id = command.room;
    entry.room = enter_room(command.room);
    demux_.map_ufrag(command.params.local_ice.ufrag, h);
    entry.session = std::make_unique<Session>(std::move(command.params), context_, h.index, now);
    entry.deadline = entry.session->next_deadline();
    by_id_[entry.id] = h;
  }

  void execute(UpdateSession command, Time now, EngineOutput& out) {
    Entry* entry = find(command.session);
    if (entry == nullptr) return;
    const Handle<Entry> h = by_id_[command.session];
    demux_.map_ufrag(command.params.local_ice.ufrag, h);
    entry->session->update(std::move(command.params), now, session_events_);
    entry->deadline = entry->session->next_deadline();
    route(h, now, out);
  }

  void execute(RestartIce command, Time now, EngineOutput& out) {
    Entry* entry = find(command.session);
    if (entry == nullptr) return;
    const Handle<Entry> h = by_id_[command.session];
    demux_.map_ufrag(command.local.ufrag, h);
    entry->session->restart_ice(std::move(command.local), std::move(command.remote), now, session_events_);
    entry->deadline = entry->session->next_deadline();
    route(h, now, out);
  }

  void execute(RemoveSession command, Time now, EngineOutput& out) {
    if (Entry* entry = find(command.session)) {
      entry->session->close(now, out.datagrams);
      remove(by_id_[command.session]);
    }
  }

  void execute(PublishTrack command, Time, EngineOutput&) {
    Entry* entry = find(command.session);
    const auto kind = entry == nullptr ? std::nullopt : entry->session->receive_kind(command.mid);
    if (!kind) return;
    if (tracks_.contains(command.track)) return PARLEY_BUG("a track was published twice");
    tracks_[command.track] = entry->room;
    entry->session->set_route(command.mid,
                              room_of(*entry)->publish(command.track, command.session, *kind, command.muted));
  }

  void execute(UnpublishTrack command, Time, EngineOutput&) {
    const auto it = tracks_.find(command.track);
    if (it == tracks_.end()) return;
    if (Room* room = rooms_.find(it->second)) room->unpublish(command.track);
    tracks_.erase(it);
  }

  void execute(MuteTrack command, Time now, EngineOutput&) {
    const auto it = tracks_.find(command.track);
    if (it == tracks_.end()) return;
    if (Room* room = rooms_.find(it->second)) room->mute(command.track, command.muted, now);
  }

  void execute(BindSlot command, Time now, EngineOutput&) {
    Entry* entry = find(command.session);
    if (entry == nullptr) return;
    const Handle<SendStream> stream = entry->session->slot(command.mid);
    if (stream) room_of(*entry)->bind(command.track, command.session, stream, now);
  }

  void execute(UnbindSlot command, Time, EngineOutput&) {
    Entry* entry = find(command.session);
    if (entry == nullptr) return;
    const Handle<SendStream> stream = entry->session->slot(command.mid);
    if (stream) room_of(*entry)->unbind(stream);
  }

  // Datagrams. Nothing but STUN is looked at before its path was validated.

  void receive_stun(const Datagram& datagram, EngineOutput& out) {
    const auto message = parse_stun(datagram.packet.bytes());
    if (!message) return drop(DropReason::kBadStun);
    const auto ufrag = local_ufrag_of(*message);
    const Handle<Entry> h = ufrag ? demux_.find_ufrag(*ufrag) : demux_.find(datagram.path);
    Entry* entry = sessions_.find(h);
    if (entry == nullptr) return drop(DropReason::kStunIntegrity);
    entry->session->receive_stun(*message, datagram.path, datagram.arrival, out.datagrams, session_events_);
    entry->deadline = entry->session->next_deadline();
    route(h, datagram.arrival, out);
  }

  void receive_dtls(const Datagram& datagram, EngineOutput& out) {
    const Handle<Entry> h = demux_.find(datagram.path);
    Entry* entry = sessions_.find(h);
    if (entry == nullptr) return drop(DropReason::kAddressNotValidated);
    const bool begins = !entry->session->handshaking() && !entry->session->up();
    if (begins && handshaking_ >= config_.max_handshakes) return drop(DropReason::kDtlsTooEarly);
    if (begins) ++handshaking_;
    entry->session->receive_dtls(datagram, out.datagrams, session_events_);
    entry->deadline = entry->session->next_deadline();
    route(h, datagram.arrival, out);
  }

  void receive_rtp(Datagram datagram, EngineOutput& out) {
    const Handle<Entry> h = demux_.find(datagram.path);
    Entry* entry = sessions_.find(h);
    if (entry == nullptr) return drop(DropReason::kAddressNotValidated);
    ++stats_.rtp_received;
    const Time arrival = datagram.arrival;
    entry->session->receive_rtp(std::move(datagram), session_events_);
    route(h, arrival, out);
  }

  void receive_rtcp(Datagram datagram, EngineOutput& out) {
    const Handle<Entry> h = demux_.find(datagram.path);
    Entry* entry = sessions_.find(h);
    if (entry == nullptr) return drop(DropReason::kAddressNotValidated);
    const Time arrival = datagram.arrival;
    entry->session->receive_rtcp(std::move(datagram), session_events_);
    route(h, arrival, out);
  }

  // What sessions say, to whom it concerns.

  void route(Handle<Entry> from, Time now, EngineOutput& out) {
    bool over = false;
    for (SessionEvent& event : session_events_) {
      Entry& entry = *sessions_.find(from);
      Room& room = *room_of(entry);
      if (const auto* media = std::get_if<MediaPacket>(&event)) {
        room.receive(*media, stats_.drops, news_);
      } else if (const auto* wanted = std::get_if<KeyframeWanted>(&event)) {
        room.want_keyframe(wanted->stream, now);
      } else if (const auto* path = std::get_if<PathValidated>(&event)) {
        demux_.map_path(path->path, from);
      } else if (const auto* retired = std::get_if<PathRetired>(&event)) {
        demux_.unmap_path(retired->path, from);
      } else if (const auto* ufrag = std::get_if<UfragRetired>(&event)) {
        demux_.unmap_ufrag(ufrag->ufrag, from);
      } else if (std::holds_alternative<SessionUp>(event)) {
        wake(entry, room, now);
        out.events.push_back(SessionConnected{entry.id});
      } else if (const auto* suspect = std::get_if<SuspectChanged>(&event)) {
        if (!suspect->suspect) wake(entry, room, now);
        out.events.push_back(SessionSuspect{entry.id, suspect->suspect});
      } else if (const auto* end = std::get_if<SessionOver>(&event)) {
        entry.session->close(now, out.datagrams);
        out.events.push_back(SessionEnded{entry.id, end->reason});
        over = true;
      }
    }
    session_events_.clear();
    tell_news(out);
    if (over) remove(from);
  }

  void tell_news(EngineOutput& out) {
    for (const BindingNews& item : news_) {
      const SendStream* stream = streams_.find(item.stream);
      if (stream == nullptr) continue;
      if (item.unsupported) {
        out.events.push_back(SlotCodecUnsupported{item.subscriber, stream->mid(), item.track});
      } else {
        out.events.push_back(SlotStarted{item.subscriber, stream->mid(), item.track, item.rtp_timestamp});
      }
    }
    news_.clear();
  }

  // A receiver that can take media from now on needs keyframes.
  void wake(const Entry& entry, Room& room, Time now) {
    for (const SlotRef& slot : entry.session->slots()) room.want_keyframe(slot.handle, now);
  }

  void ask_for_keyframes(Time now) {
    rooms_.for_each([&](Handle<Room>, Room& room) {
      keyframe_requests_.clear();
      room.tick(now, keyframe_requests_);
      for (const Room::KeyframeRequest& request : keyframe_requests_) {
        Entry* publisher = find(request.publisher);
        if (publisher != nullptr && publisher->session->request_keyframe(request.route)) ++stats_.keyframes_requested;
      }
    });
  }

  Handle<Room> enter_room(RoomId id) {
    auto it = room_by_id_.find(id);
    if (it == room_by_id_.end())
      it = room_by_id_.emplace(id, rooms_.emplace(streams_, config_.keyframe_interval)).first;
    ++rooms_.find(it->second)->members;
    return it->second;
  }

  void remove(Handle<Entry> h) {
    Entry& entry = *sessions_.find(h);
    Room& room = *room_of(entry);
    for (const TrackId track : room.forget(entry.id)) tracks_.erase(track);
    demux_.forget(h);
    by_id_.erase(entry.id);
    if (--room.members == 0) {
      room_by_id_.erase(entry.room_id);
      rooms_.erase(entry.room);
    }
    sessions_.erase(h);
  }

  EngineConfig config_;
  Rng rng_;
  EngineStats stats_;
  SlotMap<SendStream> streams_;
  DirtyList dirty_;
  SessionContext context_;

  SlotMap<Room> rooms_;
  SlotMap<Entry> sessions_;
  std::unordered_map<SessionId, Handle<Entry>> by_id_;
  std::unordered_map<RoomId, Handle<Room>> room_by_id_;
  std::unordered_map<TrackId, Handle<Room>> tracks_;
  DemuxTable<Entry> demux_;
  std::size_t handshaking_ = 0;

  // Scratch, empty between calls.
  SessionEvents session_events_;
  std::vector<BindingNews> news_;
  std::vector<Room::KeyframeRequest> keyframe_requests_;
};

Engine::Engine(const EngineConfig& config, PacketPool& pool, DtlsFactory& dtls, Rng rng)
    : impl_(std::make_unique<Impl>(config, pool, dtls, rng)) {}
Engine::~Engine() = default;

void Engine::execute(Command command, Time now, EngineOutput& out) {
  impl_->execute(std::move(command), now, out);
}
void Engine::receive(Datagram datagram, EngineOutput& out) {
  impl_->receive(std::move(datagram), out);
}
void Engine::tick(Time now, EngineOutput& out) {
  impl_->tick(now, out);
}
void Engine::flush(Time now, EngineOutput& out) {
  impl_->flush(now, out);
}
Time Engine::next_deadline() const {
  return impl_->next_deadline();
}
std::size_t Engine::sessions() const {
  return impl_->sessions();
}
EngineStats Engine::stats() const {
  return impl_->stats();
}

}  // namespace parley

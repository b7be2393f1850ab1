#include "support/sim_world.h"

#include <algorithm>
#include <utility>

namespace parley::sim {
namespace {

constexpr Duration kEngineTick = 5ms;

}  // namespace

World::World(std::uint64_t seed, EngineConfig config)
    : seed_(seed), pool_(8192), engine_(config, pool_, dtls_, Rng(seed)), server_(Address::v4({192, 0, 2, 1}, 7000)) {}

SimPeer& World::add(PeerOptions options, RoomId room, LinkConditions up, LinkConditions down) {
  Rng seeds(seed_ * 7919 + options.number);
  Seat seat;
  seat.peer = std::make_unique<SimPeer>(options, server_, seeds.next());
  seat.up = std::make_unique<Link>(up, seeds.next());
  seat.down = std::make_unique<Link>(down, seeds.next());
  SimPeer& peer = *seat.peer;
  seats_[options.number] = std::move(seat);
  execute(AddSession{peer.session(), room, peer.params()});
  if (options.send_audio) execute(PublishTrack{peer.session(), peer.audio_track(), "a", false});
  if (options.send_video) execute(PublishTrack{peer.session(), peer.video_track(), "v", false});
  return peer;
}

void World::remove(SimPeer& peer) {
  execute(RemoveSession{peer.session()});
  seats_.erase(peer.options().number);
}

void World::bind(SimPeer& receiver, MediaKind kind, unsigned slot, TrackId track) {
  execute(BindSlot{receiver.session(), SimPeer::slot_mid(kind, slot), track});
}

void World::unbind(SimPeer& receiver, MediaKind kind, unsigned slot) {
  execute(UnbindSlot{receiver.session(), SimPeer::slot_mid(kind, slot)});
}

void World::execute(Command command) {
  engine_.execute(std::move(command), now_, out_);
  after_turn();
}

void World::inject(const Path& path, Bytes bytes) {
  engine_.receive({path, now_, pool_.copy_of(bytes)}, out_);
  after_turn();
}

SimPeer::Send World::sender_of(SimPeer& peer) {
  Link& up = *seat(peer).up;
  return [this, &up](const Path& path, Bytes bytes) { network_.send(up, now_, {path.remote, path.local}, bytes); };
}

void World::run(Duration span) {
  const Time end = now_ + span;
  Time next_tick = now_;
  while (true) {
    Time next = std::min(next_tick, network_.next_arrival());
    for (auto& [number, seat] : seats_) next = std::min(next, seat.peer->next_deadline());
    if (next > end) break;
    now_ = std::max(now_, next);

    // One batch: everything that has arrived by now.
    while (network_.next_arrival() <= now_) deliver(network_.take());
    for (auto& [number, seat] : seats_) {
      if (seat.peer->next_deadline() <= now_) seat.peer->tick(now_, sender_of(*seat.peer));
    }
    if (now_ >= next_tick) {
      engine_.tick(now_, out_);
      next_tick = now_ + kEngineTick;
    }
    after_turn();
  }
  now_ = end;
}

void World::deliver(Flight flight) {
  if (flight.path.local == server_) {
    engine_.receive({flight.path, flight.arrival, pool_.copy_of(flight.bytes)}, out_);
    return;
  }
  for (auto& [number, seat] : seats_) {
    if (seat.peer->address() == flight.path.local) {
      seat.peer->receive(flight.path, flight.bytes, now_, sender_of(*seat.peer));
    }
  }
}

void World::after_turn() {
  engine_.flush(now_, out_);
  for (const Outbox::Item& item : out_.datagrams.items()) {
    for (auto& [number, seat] : seats_) {
      if (seat.peer->address().ip_text() == item.path.remote.ip_text()) {
        network_.send(*seat.down, now_, {item.path.remote, item.path.local}, item.packet.bytes());
      }
    }
  }
  out_.datagrams.clear();
  events.insert(events.end(), out_.events.begin(), out_.events.end());
  out_.events.clear();
}

}  // namespace parley::sim

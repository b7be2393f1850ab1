// One datagram as it came or as it will go.
#pragma once

#include <cstdint>

#include "base/address.h"
#include "base/packet_pool.h"
#include "base/time.h"

namespace parley {

// A way from one of our addresses to one of the peer's. `local` tells several sockets or interface addresses apart; on
// a socket bound to all addresses it is the one the peer wrote to.
struct Path {
  Address local;
  Address remote;
  auto operator<=>(const Path&) const = default;
};

struct Datagram {
  Path path;
  Time arrival;  // when the kernel had it, not when we read it
  PacketRef packet;
};

}  // namespace parley

template <>
struct std::hash<parley::Path> {
  std::size_t operator()(const parley::Path& p) const noexcept { return p.remote.hash() ^ (p.local.hash() * 31); }
};

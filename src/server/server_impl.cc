#include "server/server_impl.h"

#include <algorithm>
#include <utility>

#include "io/interfaces.h"
#include "io/random.h"
#include "server/announce.h"
#include "server/join_check.h"
#include "transport/dtls_openssl.h"

namespace parley {
namespace {

std::unexpected<Error> fail(ErrorCode code, std::string why) {
  return std::unexpected(Error{code, std::move(why)});
}

std::vector<Fingerprint> fingerprints_of(const Certificate& certificate) {
  return {certificate.fingerprint(HashAlgorithm::kSha256), certificate.fingerprint(HashAlgorithm::kSha384),
          certificate.fingerprint(HashAlgorithm::kSha512)};
}

}  // namespace

ServerImpl::ServerImpl(const Config& config, const CheckedMedia& media, const Certificate& certificate, uv_loop_s* loop,
                       Observer& observer, LogSink log)
    : config_(config),
      media_(media),
      certificate_(certificate),
      log_(std::move(log)),
      rng_(random_u64()),
      doorbell_(loop, [this] { on_wake(); }),
      reports_(doorbell_),
      events_(observer, [this] { doorbell_.ring(); }),
      rooms_(registry_, events_) {}

ServerImpl::~ServerImpl() {
  stop();
}

// Starting.

Result<void> ServerImpl::open() {
  const std::vector<Address> machine = interface_addresses();
  for (unsigned i = 0; i < media_.workers; ++i) {
    if (auto opened = open_worker(i, machine); !opened) return opened;
  }
  ready_ = true;
  return {};
}

Result<void> ServerImpl::open_worker(unsigned index, const std::vector<Address>& machine) {
  std::vector<Address> listen;
  for (const Address& address : media_.listen) {
    const bool kernel_chooses = address.port() == 0;
    listen.push_back(
        address.with_port(kernel_chooses ? std::uint16_t{0} : static_cast<std::uint16_t>(address.port() + index)));
  }
  auto sockets = open_sockets(listen, config_.media.socket_buffer);
  if (!sockets) return fail(ErrorCode::kEnvironment, "media.listen: " + sockets.error().message);
  if (index == 0 && sockets->size() < listen.size())
    say(LogLevel::kWarning, "this machine has no IPv6: listening without");
  const int granted = std::min(sockets->front().receive_buffer(), sockets->front().send_buffer());
  if (index == 0 && granted < config_.media.socket_buffer) {
    say(LogLevel::kWarning, "media.socket_buffer: the kernel granted " + std::to_string(granted) + " of " +
                                std::to_string(config_.media.socket_buffer) +
                                " bytes; see net.core.rmem_max and wmem_max");
  }

  auto dtls =
      std::make_unique<OpensslDtlsFactory>(certificate_, DtlsOptions{.handshake_timeout = config_.timing.dtls_timeout});
  auto worker = Worker::start(worker_config(index), std::move(*sockets), std::move(dtls), reports_);
  if (!worker) return fail(ErrorCode::kEnvironment, worker.error());

  const std::vector<Address> told = announced_addresses({.worker = index,
                                                         .listening = (*worker)->addresses(),
                                                         .configured = media_.announce,
                                                         .machine = machine,
                                                         .loopback = config_.media.announce_loopback});
  if (told.empty()) {
    return fail(ErrorCode::kConfig,
                "media.announce: the machine has no address that clients could be told; name one, or set "
                "media.announce_loopback on a machine of its own");
  }
  workers_.push_back({std::move(*worker), sdp::host_candidates(told)});
  for (const Address& address : told)
    say(LogLevel::kInfo, "media worker " + std::to_string(index) + " at " + address.to_string());
  return {};
}

WorkerConfig ServerImpl::worker_config(unsigned index) const {
  const TimingConfig& timing = config_.timing;
  return {
      .index = index,
      .packets = config_.media.packets_per_worker,
      .engine = {.srtp = config_.media.srtp == SrtpBackend::kLibsrtp ? SrtpLibrary::kLibsrtp : SrtpLibrary::kOpenssl,
                 .ice_connect_timeout = timing.ice_connect_timeout,
                 .consent_timeout = timing.consent_timeout,
                 .suspect_after = timing.suspect_after,
                 .keyframe_interval = timing.keyframe_interval,
                 .max_sessions = config_.limits.max_sessions},
      .seed = random_u64(),
  };
}

// Joining and leaving.

Result<Joined> ServerImpl::join(const JoinRequest& request) {
  if (!ready_) return fail(ErrorCode::kUnavailable, "the server is shutting down");
  if (auto r = check_join(request); !r) return std::unexpected(std::move(r.error()));

  // The newest of one member wins, and takes the place of the one before even in a full room.
  RoomRecord* room = registry_.find_room(request.room);
  SessionRecord* replaced = room == nullptr ? nullptr : registry_.member(*room, request.member);
  const std::size_t leaving = replaced == nullptr ? 0 : 1;
  const Occupancy occupancy{.sessions = registry_.session_count() - leaving,
                            .rooms = registry_.room_count() - (room == nullptr ? 0 : 1),
                            .in_room = room == nullptr ? 0 : room->sessions.size() - leaving};
  if (auto r = check_occupancy(occupancy, config_.limits); !r) return std::unexpected(std::move(r.error()));

  if (replaced != nullptr) end(*replaced, CloseReason::kReplaced);
  SessionRecord session;
  session.info.member = request.member;
  session.info.name = request.name;
  session.permissions = request.permissions;
  session.only_publisher = request.only_publisher;
  session.cname = random_token(16);
  return rooms_.enter(registry_.add_session(room_for(request.room), std::move(session)));
}

RoomRecord& ServerImpl::room_for(std::string_view name) {
  if (RoomRecord* room = registry_.find_room(name)) return *room;
  std::vector<std::size_t> load;
  for (unsigned i = 0; i < workers_.size(); ++i) load.push_back(registry_.sessions_of_worker(i));
  return registry_.add_room(name, placement_.choose(load));
}

void ServerImpl::leave(SessionId session, CloseReason reason) {
  if (SessionRecord* found = registry_.find(session)) end(*found, reason);
}

void ServerImpl::end(SessionRecord& session, CloseReason reason) {
  const unsigned worker = worker_of(session);
  post(worker, rooms_.leave(session, reason));
}

// Negotiating.

Result<Negotiated> ServerImpl::negotiate(SessionId id, std::string_view offer, const std::vector<TrackNote>& notes) {
  const auto session = find(id);
  if (!session) return std::unexpected(session.error());
  SessionRecord& record = **session;
  if (offer.size() > config_.limits.max_offer_bytes) return fail(ErrorCode::kTooLarge, "the offer is too large");

  const sdp::NegotiatedState* previous = record.negotiated ? &*record.negotiated : nullptr;
  auto answer = sdp::answer(offer, answer_context(record), rng_, previous);
  if (!answer) return fail(ErrorCode::kBadSdp, sdp::to_string(answer.error()));
  if (auto r = check_notes(notes, answer->params); !r) return std::unexpected(std::move(r.error()));

  Negotiated result{.answer = std::move(answer->sdp), .ice_ufrag = answer->params.local_ice.ufrag};
  post(worker_of(record), rooms_.apply(record, std::move(*answer), notes));
  return result;
}

sdp::AnswerContext ServerImpl::answer_context(const SessionRecord& session) {
  sdp::AnswerContext context;
  context.capabilities.video_order = media_.video_codecs;
  context.fresh_ice = random_ice_credentials();
  context.fingerprints = fingerprints_of(certificate_);
  context.candidates = workers_[worker_of(session)].candidates;
  context.cname = session.cname;
  context.may_publish = session.permissions.publish;
  context.may_subscribe = session.permissions.subscribe;
  context.max_tracks = config_.limits.max_tracks_per_session;
  context.limits.max_bytes = config_.limits.max_offer_bytes;
  context.limits.max_mlines = config_.limits.max_mlines;
  return context;
}

Result<IceRestarted> ServerImpl::restart_ice(SessionId id, const IceRestart& restart) {
  const auto session = find(id);
  if (!session) return std::unexpected(session.error());
  SessionRecord& record = **session;
  if (auto r = check_restart(restart); !r) return std::unexpected(std::move(r.error()));
  if (!record.negotiated) return fail(ErrorCode::kConflict, "there is nothing to restart before the first offer");

  const IceCredentials remote{restart.ufrag, restart.pwd};
  const IceCredentials local = random_ice_credentials();
  sdp::restart_ice(*record.negotiated, remote, local);
  post(worker_of(record), {RestartIce{id, local, remote}});

  IceRestarted restarted{.ufrag = local.ufrag, .pwd = local.pwd, .candidates = {}};
  for (const sdp::Candidate& candidate : workers_[worker_of(record)].candidates) {
    restarted.candidates.push_back(sdp::to_attribute(candidate));
  }
  return restarted;
}

Result<void> ServerImpl::set_muted(SessionId id, std::string_view mid, bool muted) {
  const auto session = find(id);
  if (!session) return std::unexpected(session.error());
  TrackRecord* track = (*session)->track(mid);
  if (track == nullptr) return fail(ErrorCode::kNotFound, "the session sends nothing on that m-line");
  post(worker_of(**session), rooms_.mute(**session, *track, muted));
  return {};
}

Result<SessionRecord*> ServerImpl::find(SessionId session) {
  if (SessionRecord* found = registry_.find(session)) return found;
  return fail(ErrorCode::kNotFound, "no such session");
}

void ServerImpl::post(unsigned worker, Commands commands) {
  workers_[worker].worker->post(std::move(commands));
}

// What the workers report.

void ServerImpl::on_wake() {
  for (WorkerReport& report : reports_.take()) on_report(report);
  // The user may call us from here on, even stop().
  for (StatsRound& round : std::exchange(finished_stats_, {})) round.done(std::move(round.stats));
  events_.deliver();
}

void ServerImpl::on_report(WorkerReport& report) {
  if (auto* reply = std::get_if<StatsReply>(&report.content)) return on_stats(report.worker, *reply);
  for (const EngineEvent& event : std::get<std::vector<EngineEvent>>(report.content)) {
    post(report.worker, rooms_.on_event(event));
  }
}

void ServerImpl::collect_stats(std::function<void(ServerStats)> done) {
  if (!ready_) return done({});
  const std::uint64_t number = next_stats_round_++;
  StatsRound& round = stats_rounds_[number];
  round.done = std::move(done);
  round.missing = workers_.size();
  round.stats.workers.resize(workers_.size());
  for (const WorkerPlace& place : workers_) place.worker->request_stats(number);
}

void ServerImpl::on_stats(unsigned worker, StatsReply& reply) {
  const auto it = stats_rounds_.find(reply.request);
  if (it == stats_rounds_.end()) return;
  it->second.stats.workers[worker] = std::move(reply.stats);
  if (--it->second.missing > 0) return;

  StatsRound round = std::move(it->second);
  stats_rounds_.erase(it);
  round.stats.sessions = registry_.session_count();
  round.stats.rooms = registry_.room_count();
  finished_stats_.push_back(std::move(round));
}

// For the log and for those who ask.

std::vector<std::string> ServerImpl::addresses() const {
  std::vector<std::string> addresses;
  for (const WorkerPlace& place : workers_) {
    for (const sdp::Candidate& candidate : place.candidates) addresses.push_back(candidate.address.to_string());
  }
  return addresses;
}

Result<unsigned> ServerImpl::worker_of(std::string_view room) const {
  const RoomRecord* found = registry_.find_room(room);
  if (found == nullptr) return fail(ErrorCode::kNotFound, "no such room");
  return found->worker;
}

void ServerImpl::say(LogLevel level, const std::string& line) const {
  if (log_) log_(level, line);
}

// Ending.

void ServerImpl::stop() {
  const bool first = std::exchange(ready_, false);
  if (first) {
    for (const RoomId room : registry_.all_rooms()) {
      const unsigned worker = registry_.room(room).worker;
      post(worker, rooms_.shut_down(room));
    }
  }
  for (const WorkerPlace& place : workers_) place.worker->stop();
  if (first) {
    // The last the workers said, answers to questions about figures among it; then the loop is asked no more.
    on_wake();
    say(LogLevel::kInfo, "stopped");
  }
  doorbell_.close();
}

}  // namespace parley

#include "io/worker_loop.h"

#include <pthread.h>

#include <csignal>
#include <string>

#include "base/check.h"
#include "io/clock.h"

namespace parley {
namespace {

constexpr std::uint64_t kTickMs = 5;
// Without sessions nothing is due; the engine still sees time pass.
constexpr std::uint64_t kIdleTickMs = 250;
// After so many batches of one socket the other sockets, the timer and the mailbox have their turn.
constexpr int kMaxBatchesPerTurn = 16;

template <class... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};

}  // namespace

// In the order of dependence: the pool outlives all references to its packets.
struct WorkerLoop::Media {
  PacketPool pool;
  IngressBatch ingress;
  EgressBatch egress;
  EngineOutput out;
  Engine engine;

  Media(const WorkerConfig& config, DtlsFactory& dtls)
      : pool(config.packets), ingress(pool), engine(config.engine, pool, dtls, Rng(config.seed)) {}
};

WorkerLoop::WorkerLoop(const WorkerConfig& config, std::vector<UdpSocket> sockets, std::unique_ptr<DtlsFactory> dtls,
                       Mailbox<WorkerReport>& reports)
    : config_(config), sockets_(std::move(sockets)), dtls_(std::move(dtls)), reports_(reports) {}

WorkerLoop::~WorkerLoop() {
  join();
  if (!loop_made_) return;
  // If the thread never ran, its handles are still open.
  if (doorbell_) doorbell_->close();
  uv_run(&loop_, UV_RUN_DEFAULT);
  uv_loop_close(&loop_);
}

int WorkerLoop::start() {
  if (const int error = uv_loop_init(&loop_); error != 0) return error;
  loop_made_ = true;
  doorbell_.emplace(&loop_, [this] { on_requests(); });
  requests_.emplace(*doorbell_);

  // Signals are the control thread's.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const int error = uv_thread_create(&thread_, [](void* self) { static_cast<WorkerLoop*>(self)->run(); }, this);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  running_ = error == 0;
  return error;
}

void WorkerLoop::join() {
  if (!running_) return;
  uv_thread_join(&thread_);
  running_ = false;
}

void WorkerLoop::run() {
  pthread_setname_np(pthread_self(), ("media-" + std::to_string(config_.index)).c_str());
  Media media(config_, *dtls_);
  media_ = &media;

  PARLEY_CHECK(watch_sockets());
  uv_timer_init(&loop_, &timer_);
  timer_.data = this;
  set_pace();
  uv_run(&loop_, UV_RUN_DEFAULT);
  media_ = nullptr;
}

bool WorkerLoop::watch_sockets() {
  for (const UdpSocket& socket : sockets_) {
    Watched& watched =
        *watched_.emplace_back(std::make_unique<Watched>(Watched{.poll = {}, .loop = this, .socket = &socket}));
    if (uv_poll_init(&loop_, &watched.poll, socket.fd()) != 0) return false;
    watched.poll.data = &watched;
    const auto on_event = [](uv_poll_t* poll, int, int) {
      const auto* ready = static_cast<Watched*>(poll->data);
      ready->loop->on_readable(*ready->socket);
    };
    if (uv_poll_start(&watched.poll, UV_READABLE, on_event) != 0) return false;
  }
  return true;
}

void WorkerLoop::on_readable(const UdpSocket& socket) {
  for (int i = 0; i < kMaxBatchesPerTurn; ++i) {
    const IngressBatch::Batch batch = media_->ingress.read(socket);
    for (Datagram& datagram : batch.datagrams) media_->engine.receive(std::move(datagram), media_->out);
    // What one batch fans out to must leave before the next one needs the slots.
    if (!batch.datagrams.empty()) leave();
    if (!batch.more) return;
  }
}

void WorkerLoop::on_requests() {
  bool stopping = false;
  for (WorkerRequest& request : requests_->take()) {
    std::visit(
        Overloaded{
            [this](std::vector<Command>& commands) {
              const Time time = now();
              for (Command& command : commands) media_->engine.execute(std::move(command), time, media_->out);
            },
            [this](const StatsRequest& asked) { reports_.post({config_.index, StatsReply{asked.request, collect()}}); },
            [&stopping](const StopRequest&) { stopping = true; },
        },
        request);
  }
  leave();
  set_pace();
  if (stopping) close();
}

void WorkerLoop::on_tick() {
  media_->engine.tick(now(), media_->out);
  leave();
  set_pace();
}

// Out of the building: bytes to the kernel, events to the control thread.
void WorkerLoop::leave() {
  media_->engine.flush(now(), media_->out);
  if (!media_->out.datagrams.empty()) media_->egress.send(sockets_, media_->out.datagrams);
  if (media_->out.events.empty()) return;
  reports_.post({config_.index, std::move(media_->out.events)});
  media_->out.events.clear();
}

void WorkerLoop::set_pace() {
  const std::uint64_t pace = media_->engine.sessions() > 0 ? kTickMs : kIdleTickMs;
  if (pace == pace_ms_) return;
  pace_ms_ = pace;
  uv_timer_start(&timer_, [](uv_timer_t* timer) { static_cast<WorkerLoop*>(timer->data)->on_tick(); }, pace, pace);
}

// uv_run() returns when the last handle is closed.
void WorkerLoop::close() {
  for (const auto& watched : watched_) uv_close(reinterpret_cast<uv_handle_t*>(&watched->poll), nullptr);
  uv_close(reinterpret_cast<uv_handle_t*>(&timer_), nullptr);
  doorbell_->close();
}

WorkerStats WorkerLoop::collect() const {
  const EngineStats engine = media_->engine.stats();
  const EgressCounters& egress = media_->egress.counters();
  WorkerStats stats{
      .datagrams_received = engine.datagrams_received,
      .datagrams_sent = egress.datagrams,
      .bytes_received = engine.bytes_received,
      .bytes_sent = egress.bytes,
      .rtp_received = engine.rtp_received,
      .rtp_forwarded = engine.rtp_forwarded,
      .keyframes_requested = engine.keyframes_requested,
      .sessions = engine.sessions,
      .rooms = engine.rooms,
      .packets_in_use = media_->pool.in_use() - media_->ingress.reserved(),
      .kernel_drops = media_->ingress.kernel_drops(),
      .drops = {},
  };
  DropCounters drops = engine.drops;
  drops += media_->ingress.drops();
  drops += egress.drops;
  for (std::size_t i = 0; i < static_cast<std::size_t>(DropReason::kCount); ++i) {
    const auto reason = static_cast<DropReason>(i);
    if (drops[reason] > 0) stats.drops.emplace_back(to_string(reason), drops[reason]);
  }
  return stats;
}

}  // namespace parley

// The inside of a Worker: what lives on its thread. A turn is the engine's: datagrams or commands or a tick, then one
// flush, then out.
#pragma once

#include <uv.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "io/doorbell.h"
#include "io/egress_batch.h"
#include "io/ingress_batch.h"
#include "io/mailbox.h"
#include "io/worker.h"

namespace parley {

struct StatsRequest {
  std::uint64_t request = 0;
};
struct StopRequest {};
using WorkerRequest = std::variant<std::vector<Command>, StatsRequest, StopRequest>;

class WorkerLoop {
 public:
  // On the control thread. Everything the engine needs is made in run(), on the worker's thread and its memory.
  WorkerLoop(const WorkerConfig& config, std::vector<UdpSocket> sockets, std::unique_ptr<DtlsFactory> dtls,
             Mailbox<WorkerReport>& reports);
  ~WorkerLoop();

  // An errno of libuv's, 0 if the thread runs.
  int start();
  // Any thread.
  void post(WorkerRequest request) { requests_->post(std::move(request)); }
  void join();

 private:
  struct Media;
  struct Watched {
    uv_poll_t poll;
    WorkerLoop* loop;
    const UdpSocket* socket;
  };

  void run();
  bool watch_sockets();
  void on_readable(const UdpSocket& socket);
  void on_requests();
  void on_tick();
  void leave();
  void set_pace();
  void close();
  WorkerStats collect() const;

  WorkerConfig config_;
  std::vector<UdpSocket> sockets_;
  std::unique_ptr<DtlsFactory> dtls_;
  Mailbox<WorkerReport>& reports_;

  uv_loop_t loop_{};
  bool loop_made_ = false;
  uv_thread_t thread_{};
  bool running_ = false;
  uv_timer_t timer_{};
  std::uint64_t pace_ms_ = 0;
  std::vector<std::unique_ptr<Watched>> watched_;
  std::optional<Doorbell> doorbell_;
  std::optional<Mailbox<WorkerRequest>> requests_;
  Media* media_ = nullptr;  // during run()
};

}  // namespace parley

#include "io/worker.h"

#include <uv.h>

#include "io/worker_loop.h"

namespace parley {

std::expected<std::unique_ptr<Worker>, std::string> Worker::start(const WorkerConfig& config,
                                                                  std::vector<UdpSocket> sockets,
                                                                  std::unique_ptr<DtlsFactory> dtls,
                                                                  Mailbox<WorkerReport>& reports) {
  std::vector<Address> addresses;
  for (const UdpSocket& socket : sockets) addresses.push_back(socket.local());
  auto loop = std::make_unique<WorkerLoop>(config, std::move(sockets), std::move(dtls), reports);
  if (const int error = loop->start(); error != 0) {
    return std::unexpected("can't start media worker " + std::to_string(config.index) + ": " + uv_strerror(error));
  }
  return std::unique_ptr<Worker>(new Worker(std::move(loop), std::move(addresses)));
}

Worker::Worker(std::unique_ptr<WorkerLoop> loop, std::vector<Address> addresses)
    : loop_(std::move(loop)), addresses_(std::move(addresses)) {}

Worker::~Worker() {
  stop();
}

void Worker::post(std::vector<Command> commands) {
  if (loop_ && !commands.empty()) loop_->post(std::move(commands));
}

void Worker::request_stats(std::uint64_t request) {
  if (loop_) loop_->post(StatsRequest{request});
}

void Worker::stop() {
  if (!loop_) return;
  loop_->post(StopRequest{});
  loop_->join();
  loop_.reset();
}

}  // namespace parley

#include "parley/server.h"

#include <uv.h>

#include <utility>

#include "server/config_check.h"
#include "server/load_certificate.h"
#include "server/server_impl.h"

namespace parley {

Result<std::unique_ptr<Server>> Server::start(const Config& config, uv_loop_s* control_loop, Observer& observer,
                                              LogSink log) {
  auto media = check(config, uv_available_parallelism());
  if (!media) return std::unexpected(std::move(media.error()));
  auto certificate = load_certificate(config.media);
  if (!certificate) return std::unexpected(std::move(certificate.error()));

  auto server = std::make_unique<ServerImpl>(config, *media, *certificate, control_loop, observer, std::move(log));
  if (auto opened = server->open(); !opened) return std::unexpected(std::move(opened.error()));
  return server;
}

}  // namespace parley

// The HttpServer port on libwebsockets, sharing a libuv loop with the rest of the control thread.
#pragma once

#include <memory>

#include "signaling/http/http_server.h"

namespace parley::signaling {

// `handler` must outlive the server. Fails with a sentence when a port is taken or a certificate can't be used.
Result<std::unique_ptr<HttpServer>> start_lws_server(uv_loop_s* loop, const ListenOptions& options,
                                                     HttpHandler& handler, LogSink log);

}  // namespace parley::signaling

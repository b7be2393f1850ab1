#include "transport/dtls_bio.h"

#include <algorithm>

#include "base/check.h"

namespace parley {
namespace {

DtlsExchange& exchange_of(BIO* bio) {
  return *static_cast<DtlsExchange*>(BIO_get_data(bio));
}

int read(BIO* bio, char* out, int room) {
  DtlsExchange& exchange = exchange_of(bio);
  BIO_clear_retry_flags(bio);
  if (exchange.incoming.empty()) {
    BIO_set_retry_read(bio);
    return -1;
  }
  const std::size_t size = std::min(exchange.incoming.size(), static_cast<std::size_t>(std::max(room, 0)));
  std::copy_n(exchange.incoming.begin(), size, out);
  exchange.incoming = {};
  return static_cast<int>(size);
}

int write(BIO* bio, const char* data, int size) {
  DtlsExchange& exchange = exchange_of(bio);
  BIO_clear_retry_flags(bio);
  if (size <= 0) return 0;
  if (exchange.sink != nullptr) {
    exchange.sink->send_dtls({reinterpret_cast<const std::uint8_t*>(data), static_cast<std::size_t>(size)});
  }
  return size;
}

// 0 for all but flush. A yes to a command unknown here may switch on what is not there, such as kernel TLS.
long control(BIO* /*bio*/, int command, long /*number*/, void* /*pointer*/) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

BIO_METHOD* make_method() {
  BIO_METHOD* const method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "datagrams");
  PARLEY_CHECK(method != nullptr && BIO_meth_set_read(method, read) == 1 && BIO_meth_set_write(method, write) == 1 &&
               BIO_meth_set_ctrl(method, control) == 1);
  return method;
}

}  // namespace

BioPtr make_dtls_bio(DtlsExchange* exchange) {
  static const BIO_METHOD* const method = make_method();
  BioPtr bio(BIO_new(method));
  PARLEY_CHECK(bio != nullptr);
  BIO_set_data(bio.get(), exchange);
  BIO_set_init(bio.get(), 1);
  return bio;
}

}  // namespace parley

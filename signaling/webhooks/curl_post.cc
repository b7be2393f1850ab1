#include "signaling/webhooks/curl_post.h"

#include <curl/curl.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <map>
#include <mutex>
#include <thread>

namespace parley::signaling {
namespace {

struct FreeEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct FreeMulti {
  void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

using Then = std::function<void(PostResult)>;

// One request on its way. libcurl keeps pointers into it.
struct Transfer {
  const CurlPostOptions& options;
  PostRequest request;
  Then then;
  std::size_t received = 0;
  bool refused = false;  // an address, by the policy
  std::unique_ptr<curl_slist, FreeList> headers{};
  std::unique_ptr<CURL, FreeEasy> easy{};

  bool too_long() const { return received > options.max_answer; }
};

curl_socket_t open_socket(void* context, curlsocktype, curl_sockaddr* wanted) {
  auto* transfer = static_cast<Transfer*>(context);
  const auto address = address_of(&wanted->addr, wanted->addrlen);
  if (!address || !transfer->options.policy.allows(*address)) {
    transfer->refused = true;
    return CURL_SOCKET_BAD;
  }
  return ::socket(wanted->family, wanted->socktype | SOCK_CLOEXEC, wanted->protocol);
}

std::size_t skip(const char*, std::size_t size, std::size_t count, void* context) {
  auto* transfer = static_cast<Transfer*>(context);
  transfer->received += size * count;
  return transfer->too_long() ? 0 : size * count;
}

bool prepare(Transfer& transfer) {
  transfer.easy.reset(curl_easy_init());
  CURL* const easy = transfer.easy.get();
  if (!easy) return false;
  // No "Expect: 100-continue": a receiver that does not know it would cost a second.
  curl_slist* headers = curl_slist_append(nullptr, "Expect:");
  for (const auto& [name, value] : transfer.request.headers) {
    if (curl_slist* longer = curl_slist_append(headers, (name + ": " + value).c_str())) headers = longer;
  }
  transfer.headers.reset(headers);

  const CurlPostOptions& options = transfer.options;
  bool good = headers != nullptr;
  const auto set = [&](auto option, auto value) { good = good && curl_easy_setopt(easy, option, value) == CURLE_OK; };
  set(CURLOPT_PRIVATE, &transfer);
  set(CURLOPT_URL, transfer.request.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "https");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_PROXY, "");
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!options.ca_file.empty()) {
    set(CURLOPT_CAINFO, options.ca_file.c_str());
    set(CURLOPT_CAPATH, static_cast<char*>(nullptr));
  }
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_POST, 1L);
  set(CURLOPT_POSTFIELDS, transfer.request.body.data());
  set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(transfer.request.body.size()));
  set(CURLOPT_HTTPHEADER, headers);
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout.count()));
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(options.timeout.count()));
  set(CURLOPT_NOSIGNAL, 1L);
  // A name that does not resolve must not hold up the others when its time is over.
  set(CURLOPT_QUICK_EXIT, 1L);
  set(CURLOPT_OPENSOCKETFUNCTION, &open_socket);
  set(CURLOPT_OPENSOCKETDATA, &transfer);
  set(CURLOPT_WRITEFUNCTION, &skip);
  set(CURLOPT_WRITEDATA, &transfer);
  set(CURLOPT_HEADERFUNCTION, &skip);
  set(CURLOPT_HEADERDATA, &transfer);
  return good;
}

PostResult result_of(const Transfer& transfer, CURLcode code) {
  PostResult result;
  long status = 0;
  curl_easy_getinfo(transfer.easy.get(), CURLINFO_RESPONSE_CODE, &status);
  // What comes after the status is not looked at, and so may be too long.
  if (code == CURLE_OK || (code == CURLE_WRITE_ERROR && transfer.too_long() && status != 0)) {
    result.status = static_cast<int>(status);
  } else if (transfer.refused) {
    result.error = "the address is not one of the open internet";
  } else {
    result.error = curl_easy_strerror(code);
  }
  return result;
}

class CurlPost final : public HttpPost {
 public:
  CurlPost(CurlPostOptions options, OnControl on_control, std::unique_ptr<CURLM, FreeMulti> multi)
      : options_(std::move(options)), on_control_(std::move(on_control)), multi_(std::move(multi)) {
    curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, 64L);
    thread_ = std::thread([this] { run(); });
  }
  ~CurlPost() override {
    {
      const std::lock_guard lock(mutex_);
      stopped_ = true;
    }
    curl_multi_wakeup(multi_.get());
    thread_.join();
  }
  CurlPost(const CurlPost&) = delete;
  CurlPost& operator=(const CurlPost&) = delete;

  void post(PostRequest request, Then then) override {
    {
      const std::lock_guard lock(mutex_);
      waiting_.push_back({std::move(request), std::move(then)});
    }
    curl_multi_wakeup(multi_.get());
  }

 private:
  void run() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    while (take_waiting()) {
      int running = 0;
      curl_multi_perform(multi_.get(), &running);
      finish_done();
      curl_multi_poll(multi_.get(), nullptr, 0, 1'000, nullptr);
    }
    for (const auto& [easy, transfer] : transfers_) curl_multi_remove_handle(multi_.get(), easy);
    transfers_.clear();
  }

  // False: it is time to end.
  bool take_waiting() {
    std::vector<std::pair<PostRequest, Then>> taken;
    {
      const std::lock_guard lock(mutex_);
      if (stopped_) return false;
      taken.swap(waiting_);
    }
    for (auto& [request, then] : taken) begin(std::move(request), std::move(then));
    return true;
  }

  void begin(PostRequest request, Then then) {
    auto transfer = std::make_unique<Transfer>(
        Transfer{.options = options_, .request = std::move(request), .then = std::move(then)});
    if (!prepare(*transfer) || curl_multi_add_handle(multi_.get(), transfer->easy.get()) != CURLM_OK)
      return tell(std::move(transfer->then), {0, "libcurl refuses the request"});
    CURL* const easy = transfer->easy.get();
    transfers_[easy] = std::move(transfer);
  }

  void finish_done() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      const CURLcode code = message->data.result;
      const auto at = transfers_.find(message->easy_handle);
      const std::unique_ptr<Transfer> transfer = std::move(at->second);
      transfers_.erase(at);
      curl_multi_remove_handle(multi_.get(), transfer->easy.get());
      tell(std::move(transfer->then), result_of(*transfer, code));
    }
  }

  void tell(Then then, PostResult result) {
    on_control_([then = std::move(then), result = std::move(result)] { then(result); });
  }

  const CurlPostOptions options_;
  const OnControl on_control_;
  const std::unique_ptr<CURLM, FreeMulti> multi_;
  std::map<CURL*, std::unique_ptr<Transfer>> transfers_;  // of the thread

  std::mutex mutex_;
  std::vector<std::pair<PostRequest, Then>> waiting_;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<HttpPost>> make_curl_post(CurlPostOptions options, OnControl on_control) {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  std::unique_ptr<CURLM, FreeMulti> multi(ready == CURLE_OK ? curl_multi_init() : nullptr);
  if (!multi) return std::unexpected(Error{ErrorCode::kEnvironment, "libcurl can't be used here"});
  if (!options.ca_file.empty() && ::access(options.ca_file.c_str(), R_OK) != 0)
    return std::unexpected(Error{ErrorCode::kConfig, "webhooks.ca_file: " + options.ca_file + " can't be read"});
  return std::make_unique<CurlPost>(std::move(options), std::move(on_control), std::move(multi));
}

}  // namespace parley::signaling

// HttpPost with libcurl, on a thread of its own: HTTPS only, certificates checked, no redirect followed, no proxy, no
// cookie, every address asked of the policy after its name was resolved, and bounds on time and on what is read.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "parley/error.h"
#include "signaling/webhooks/address_policy.h"
#include "signaling/webhooks/http_post.h"

namespace parley::signaling {

struct CurlPostOptions {
  AddressPolicy policy;
  std::string ca_file;  // instead of the system's authorities; empty: those
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds timeout{10'000};  // for all of it
  std::size_t max_answer = 64 * 1024;         // of head and body, which are not looked at
};

// Runs a task on the control thread; called from the thread of the requests.
using OnControl = std::function<void(std::function<void()>)>;

Result<std::unique_ptr<HttpPost>> make_curl_post(CurlPostOptions options, OnControl on_control);

}  // namespace parley::signaling

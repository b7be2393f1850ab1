// The JSON of the example community's sign-in.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "parley/error.h"
#include "signaling/call/call_types.h"

namespace parley::signaling {

struct ExamplePerson {
  std::string member;
  std::string name;
  std::string avatar;
  bool admin = false;
};

// {"member": "ada"}
Result<call::MemberId> read_example_sign_in(std::string_view body);
std::string example_signed_in_json(std::string_view token, std::string_view site, const ExamplePerson& member,
                                   std::chrono::sys_seconds expires_at);
// Those who can sign in.
std::string example_members_json(std::string_view site, const std::vector<ExamplePerson>& members);

}  // namespace parley::signaling

// The members of a site: written by its platform, seen by its members, each of whom has three switches of its own.
#include <algorithm>
#include <map>
#include <utility>

#include "signaling/http/problem.h"
#include "signaling/http/site_api.h"
#include "signaling/identity/names.h"
#include "signaling/protocol/rest_calls.h"
#include "signaling/store/store_rules.h"

namespace parley::signaling {
namespace {

using store::MemberProfile;
using store::MemberUpdate;

// What the platform saw counts as interaction as long as a page's own report would (R3).
constexpr std::chrono::minutes kActive{5};
constexpr std::chrono::seconds kClocksDiffer{30};

MemberDocument document_of(const MemberProfile& profile) {
  MemberDocument document;
  document.person = {profile.member, profile.name, profile.avatar};
  document.role = profile.role == store::Role::kAdmin ? MemberRole::kAdmin : MemberRole::kMember;
  document.messenger = profile.messenger;
  document.takes_calls = profile.takes_calls;
  document.deactivated = profile.deactivated;
  document.version = profile.version;
  return document;
}

MemberUpdate update_of(const MemberPatch& patch) {
  MemberUpdate update;
  update.member = patch.member;
  update.name = patch.name;
  update.avatar = patch.avatar;
  if (patch.role) update.role = *patch.role == MemberRole::kAdmin ? store::Role::kAdmin : store::Role::kMember;
  update.messenger = patch.messenger;
  update.takes_calls = patch.takes_calls;
  update.deactivated = patch.deactivated;
  update.blocked = patch.blocked;
  return update;
}

MemberSight sight_of(const SiteAsk& ask) {
  return ask.is_service() || ask.is_admin() ? MemberSight::kAll : MemberSight::kPerson;
}

HttpResponse no_such_member() {
  return problem(404, ErrorCode::kNotFound, "there is no such member");
}

// ---- reading

void list_members(RestWorld& world, const AskPtr& ask) {
  const auto limit = limit_of(ask->request);
  if (!limit) return ask->respond(problem(400, ErrorCode::kBadRequest, "limit must be a number from 1"));
  const call::MemberId after{std::string(ask->request.query_value("after").value_or(std::string_view()))};
  const auto then = [ask, limit](RestWorld&, const std::vector<MemberProfile>& found) {
    const MemberSight sight = sight_of(*ask);
    std::vector<MemberDocument> documents;
    for (const MemberProfile& each : found) {
      // Members don't meet the deactivated: as if they were not there (R50).
      if (sight == MemberSight::kAll || !each.deactivated) documents.push_back(document_of(each));
    }
    const bool more = found.size() == *limit;
    ask->respond(
        json_response(members_json(documents, sight, more ? std::optional(found.back().member) : std::nullopt)));
  };
  world.store.list_members(ask->site, after, *limit, answered(ask, then));
}

// With the blocks: for the platform and for the member itself, nobody else.
void tell_member(RestWorld& world, const AskPtr& ask, const call::MemberId& member) {
  world.store.read_member(
      ask->site, member, answered(ask, [ask, member](RestWorld& there, const std::optional<MemberProfile>& profile) {
        if (!profile) return ask->respond(no_such_member());
        const bool own = ask->self && ask->self->member == member;
        if (!own && !ask->is_service()) {
          const MemberSight sight = sight_of(*ask);
          if (profile->deactivated && sight == MemberSight::kPerson) return ask->respond(no_such_member());
          return ask->respond(json_response(member_json(document_of(*profile), sight)));
        }
        there.store.read_blocked(ask->site, member,
                                 answered(ask, [ask, profile](RestWorld&, const std::vector<call::MemberId>& blocked) {
                                   MemberDocument document = document_of(*profile);
                                   document.blocked = blocked;
                                   ask->respond(json_response(member_json(document, MemberSight::kAll)));
                                 }));
      }));
}

void get_member(RestWorld& world, const AskPtr& ask) {
  tell_member(world, ask, call::MemberId(ask->parts.at(0)));
}

// ---- writing

// One write on its way: what stood before is read first, so that only those whom it changes are told about.
struct Write {
  std::vector<MemberPatch> patches;
  std::vector<MemberUpdate> updates;
  std::map<call::MemberId, MemberProfile> before;
  std::size_t read = 0;
  std::function<void(RestWorld&, std::size_t changed)> then;
};
using WritePtr = std::shared_ptr<Write>;

void tell_changes(RestWorld& world, const SiteAsk& ask, const Write& write) {
  for (std::size_t i = 0; i < write.updates.size(); ++i) {
    const MemberUpdate& update = write.updates[i];
    const auto before = write.before.find(update.member);
    // Nobody has met a new member yet.
    const bool changed =
        before != write.before.end() && (update.blocked || store::updated(before->second, update) != before->second);
    if (changed) world.calls.member_changed({ask.site, update.member});
    const auto active_at = write.patches[i].active_at;
    const bool recent =
        active_at && *active_at > ask.now.calendar - kActive && *active_at <= ask.now.calendar + kClocksDiffer;
    if (recent) world.calls.member_interacted({ask.site, update.member});
  }
}

void commit(RestWorld& world, const AskPtr& ask, const WritePtr& write) {
  world.store.upsert_members(ask->site, write->updates,
                             answered(ask, [ask, write](RestWorld& there, std::size_t changed) {
                               tell_changes(there, *ask, *write);
                               write->then(there, changed);
                             }));
}

void write_members(RestWorld& world, const AskPtr& ask, const WritePtr& write) {
  if (write->read == write->updates.size()) return commit(world, ask, write);
  std::vector<call::MemberId> some;
  while (write->read < write->updates.size() && some.size() < store::kMaxPage)
    some.push_back(write->updates[write->read++].member);
  world.store.read_people(ask->site, {}, std::move(some),
                          answered(ask, [ask, write](RestWorld& there, const store::PeopleView& found) {
                            for (const store::PersonView& each : found.people)
                              write->before.emplace(each.profile.member, each.profile);
                            write_members(there, ask, write);
                          }));
}

WritePtr write_of(std::vector<MemberPatch> patches, std::function<void(RestWorld&, std::size_t)> then) {
  auto write = std::make_shared<Write>();
  for (const MemberPatch& each : patches) write->updates.push_back(update_of(each));
  write->patches = std::move(patches);
  write->then = std::move(then);
  return write;
}

// One line for what was changed together; what changed nothing has none.
void audit_change(RestWorld& world, const AskPtr& ask, std::size_t changed, std::string to,
                  std::function<void(RestWorld&)> then) {
  if (changed == 0) return then(world);
  world.store.append_audit(ask->audit({.why = ask->what, .to = std::move(to)}),
                           answered(ask, [then](RestWorld& there, const store::Done&) { then(there); }));
}

void put_members(RestWorld& world, const AskPtr& ask) {
  auto patches = read_member_patches(ask->request.body);
  if (!patches) return ask->respond(problem(patches.error()));
  write_members(world, ask, write_of(std::move(*patches), [ask](RestWorld& there, std::size_t changed) {
                  audit_change(there, ask, changed, "changed=" + std::to_string(changed),
                               [ask, changed](RestWorld&) { ask->respond(json_response(changed_json(changed))); });
                }));
}

void write_one(RestWorld& world, const AskPtr& ask, const MemberPatch& patch, std::string to) {
  write_members(world, ask,
                write_of({patch}, [ask, member = patch.member, to = std::move(to)](RestWorld& there, std::size_t n) {
                  audit_change(there, ask, n, to, [ask, member](RestWorld& last) { tell_member(last, ask, member); });
                }));
}

void put_member(RestWorld& world, const AskPtr& ask) {
  if (!is_path_name(ask->parts.at(0))) {
    return ask->respond(problem(400, ErrorCode::kBadRequest, "a member's id is 1 to 128 bytes of text"));
  }
  const auto patch = read_member_patch(call::MemberId(ask->parts.at(0)), ask->request.body);
  if (!patch) return ask->respond(problem(patch.error()));
  write_one(world, ask, *patch, "changed=1");
}

void patch_member(RestWorld& world, const AskPtr& ask) {
  const call::MemberId member(ask->parts.at(0));
  if (!ask->self || ask->self->member != member) {
    return refuse_write(world, ask, "members change their own switches only; a platform uses PUT");
  }
  const auto patch = read_member_patch(member, ask->request.body);
  if (!patch) return ask->respond(problem(patch.error()));
  if (!patch->is_own_business()) {
    return refuse_write(world, ask, "a member changes messenger, takes_calls and blocked; the rest is the platform's");
  }
  std::string to;
  const auto add = [&](const char* name, const std::optional<bool>& value) {
    if (value) to += (to.empty() ? "" : " ") + std::string(name) + (*value ? "=on" : "=off");
  };
  add("messenger", patch->messenger);
  add("takes_calls", patch->takes_calls);
  if (patch->blocked) to += (to.empty() ? "" : " ") + std::string("blocked");
  write_one(world, ask, *patch, to);
}

void delete_member(RestWorld& world, const AskPtr& ask) {
  const call::MemberId member(ask->parts.at(0));
  const auto erased = [ask, member](RestWorld& there, const store::Done&) {
    there.calls.member_changed({ask->site, member});
    audit_change(there, ask, 1, "erased", [ask](RestWorld&) {
      HttpResponse response;
      response.status = 204;
      ask->respond(std::move(response));
    });
  };
  world.store.read_member(
      ask->site, member,
      answered(ask, [ask, member, erased](RestWorld& there, const std::optional<MemberProfile>& found) {
        if (!found) return ask->respond(no_such_member());
        there.store.erase_member(ask->site, member, answered(ask, erased));
      }));
}

}  // namespace

std::vector<RestRoute> member_routes() {
  return {{"GET", "/v1/sites/{site}/members", Access::kMember, "read_members", list_members},
          {"PUT", "/v1/sites/{site}/members", Access::kService, "members", put_members},
          {"GET", "/v1/sites/{site}/members/{member}", Access::kMember, "read_member", get_member},
          {"PUT", "/v1/sites/{site}/members/{member}", Access::kService, "member", put_member},
          {"PATCH", "/v1/sites/{site}/members/{member}", Access::kMember, "member_switches", patch_member},
          {"DELETE", "/v1/sites/{site}/members/{member}", Access::kService, "erase_member", delete_member}};
}

}  // namespace parley::signaling

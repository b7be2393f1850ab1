// A site's settings: read by its members, written by its administrators and its platform (R2).
#include <utility>

#include "signaling/http/media_sessions.h"
#include "signaling/http/problem.h"
#include "signaling/http/site_api.h"
#include "signaling/protocol/rest_calls.h"

namespace parley::signaling {
namespace {

constexpr int kTries = 4;

std::string etag_of(std::uint64_t version) {
  return "\"" + std::to_string(version) + "\"";
}

HttpResponse site_response(const SiteAsk& ask, const store::SiteEntry& entry) {
  HttpResponse response = json_response(site_json({ask.site, entry.settings, entry.version}));
  response.with("ETag", etag_of(entry.version));
  return response;
}

void get_site(RestWorld&, const AskPtr& ask) {
  ask->respond(site_response(*ask, ask->entry));
}

void put(RestWorld& world, const AskPtr& ask, const SitePatch& patch, const store::SiteEntry& before, int tries);

void reread(RestWorld& world, const AskPtr& ask, const SitePatch& patch, int tries) {
  world.store.read_site(ask->site, answered(ask, [=](RestWorld& then, const store::SiteEntry& entry) {
                          if (entry.version == 0) {
                            return ask->respond(problem(404, ErrorCode::kNotFound, "there is no such site"));
                          }
                          put(then, ask, patch, entry, tries);
                        }));
}

// Over the version that was read, and no other: a patch changes what it names and keeps what somebody else wrote.
void put(RestWorld& world, const AskPtr& ask, const SitePatch& patch, const store::SiteEntry& before, int tries) {
  const std::string_view if_match = ask->request.header("if-match");
  if (!if_match.empty() && !if_match_holds(if_match, etag_of(before.version))) {
    return ask->respond(problem(412, ErrorCode::kConflict, "the settings have changed; read them again"));
  }
  const call::SiteSettings after = patched(before.settings, patch);
  const auto [from, to] = words_of_change(before.settings, after);
  if (to.empty()) return ask->respond(site_response(*ask, before));

  store::SiteChange change;
  change.site = ask->site;
  change.settings = after;
  change.from = before.version;
  change.audit = ask->audit({.why = ask->what, .from = from, .to = to});
  world.store.put_site(std::move(change), [=](store::Answer<store::Done> done) {
    const auto there = ask->world.lock();
    if (!there) return;
    if (!done && done.error().fault == store::Fault::kMoved && tries > 1) {
      return reread(*there, ask, patch, tries - 1);
    }
    answered(ask, [=](RestWorld& then, const store::Done&) {
      then.calls.site_changed(ask->site);
      ask->respond(site_response(*ask, {after, before.version + 1}));
    })(std::move(done));
  });
}

void patch_site(RestWorld& world, const AskPtr& ask) {
  const auto patch = read_site_patch(ask->request.body);
  if (!patch) return ask->respond(problem(patch.error()));
  put(world, ask, *patch, ask->entry, kTries);
}

}  // namespace

std::vector<RestRoute> settings_routes() {
  return {{"GET", "/v1/sites/{site}", Access::kMember, "read_site_settings", get_site},
          {"PATCH", "/v1/sites/{site}", Access::kAdmin, "site_settings", patch_site}};
}

}  // namespace parley::signaling

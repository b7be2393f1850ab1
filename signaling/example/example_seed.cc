#include "signaling/example/example_seed.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "signaling/example/example_members.h"

namespace parley::signaling {
namespace {

using store::Answer;

class Seeding : public std::enable_shared_from_this<Seeding> {
 public:
  Seeding(store::CallStore& store, const ExampleSeed& seed, const store::Stamp& stamp,
          std::function<void(Result<ExampleSeeded>)> then)
      : store_(store), seed_(seed), stamp_(stamp), then_(std::move(then)) {}

  void begin() {
    store_.read_site(site_, [self = shared_from_this()](const Answer<store::SiteEntry>& found) {
      if (!found) return self->fail(found.error());
      if (found->version > 0) return self->look_for_members();
      self->write_site(found->settings);
    });
  }

 private:
  void write_site(call::SiteSettings settings) {
    settings.private_calls = seed_.private_calls;
    store::AuditEntry audit{.site = site_, .who = "server", .to = "created", .why = "example", .stamp = stamp_};
    store_.put_site({.site = site_, .settings = settings, .audit = std::move(audit)},
                    [self = shared_from_this()](const Answer<store::Done>& done) {
                      if (!done) return self->fail(done.error());
                      self->seeded_.site = true;
                      self->look_for_members();
                    });
  }

  void look_for_members() {
    store_.list_members(site_, call::MemberId{}, store::kMaxPage,
                        [self = shared_from_this()](const Answer<std::vector<store::MemberProfile>>& there) {
                          if (!there) return self->fail(there.error());
                          self->add_missing(*there);
                        });
  }

  void add_missing(const std::vector<store::MemberProfile>& there) {
    std::vector<store::MemberUpdate> missing;
    for (const ExampleMember& each : kExampleMembers) {
      const auto same = [&](const store::MemberProfile& profile) { return profile.member.text() == each.member; };
      if (std::any_of(there.begin(), there.end(), same)) continue;
      missing.push_back({.member = call::MemberId(each.member),
                         .name = each.name,
                         .avatar = each.avatar,
                         .role = each.admin ? store::Role::kAdmin : store::Role::kMember});
    }
    if (missing.empty()) return then_(seeded_);
    seeded_.members = missing.size();
    store_.upsert_members(site_, std::move(missing), [self = shared_from_this()](const Answer<std::size_t>& done) {
      if (!done) return self->fail(done.error());
      self->then_(self->seeded_);
    });
  }

  void fail(const store::Failure& failure) {
    then_(std::unexpected(Error{ErrorCode::kEnvironment, "the example community can't be stored: " + failure.text}));
  }

  const call::SiteId site_{kExampleSite};
  store::CallStore& store_;
  const ExampleSeed seed_;
  const store::Stamp stamp_;
  const std::function<void(Result<ExampleSeeded>)> then_;
  ExampleSeeded seeded_;
};

}  // namespace

void seed_example(store::CallStore& store, const ExampleSeed& seed, const store::Stamp& stamp,
                  std::function<void(Result<ExampleSeeded>)> then) {
  std::make_shared<Seeding>(store, seed, stamp, std::move(then))->begin();
}

}  // namespace parley::signaling

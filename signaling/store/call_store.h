// The store as the hub holds it: every request goes to a back end on a thread of its own and its answer comes back as a
// task for the control thread; called from any thread. The queue is bounded: what does not fit is answered kOverloaded
// at once. Requests that wait together go to the disk together, and none is answered before all of them are there.
// Without a thread (memory) the request is done in the call, so from one thread only, and its answer is a task too.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "signaling/store/store_backend.h"

namespace parley::signaling::store {

// Runs a task on the control thread, in the order of the calls; callable from any thread.
using Executor = std::function<void(std::function<void()>)>;

template <class R>
using Then = std::function<void(R)>;

// About to be made, on the store's thread; or on the disk and about to be answered, on the control thread.
enum class CommitMoment : std::uint8_t { kBefore, kAfter };

class CallStore {
 public:
  enum class Runs : std::uint8_t { kOnItsThread, kInTheCall };
  struct Bounds {
    std::size_t queue = 4'096;
    std::size_t batch = 64;  // requests under one wait for the disk
  };

  CallStore(std::unique_ptr<StoreBackend> backend, Executor executor, Runs runs);
  CallStore(std::unique_ptr<StoreBackend> backend, Executor executor, Runs runs, Bounds bounds);
  ~CallStore();
  CallStore(const CallStore&) = delete;
  CallStore& operator=(const CallStore&) = delete;

  // Finishes what is queued, answers it, and closes the back end; later requests are answered kClosed. Idempotent.
  void close();
  std::size_t queued() const;

  void commit(Change change, Then<CommitAnswer> then);
  // For tests that kill the process at a commit; set before the first request. Commits are counted from 1.
  void watch_commits(std::function<void(CommitMoment, std::uint64_t number)> watch) { watch_ = std::move(watch); }

  void read_call(call::CallId id, Then<Answer<std::optional<StoredCall>>> then) {
    ask(then, &StoreBackend::read_call, std::move(id));
  }
  void calls_of(call::SiteId site, call::MemberId member, Page page, Then<Answer<std::vector<StoredCall>>> then) {
    ask(then, &StoreBackend::calls_of, std::move(site), std::move(member), page);
  }
  void unfinished_calls(std::uint64_t after_serial, std::size_t limit, Then<Answer<std::vector<StoredCall>>> then) {
    ask(then, &StoreBackend::unfinished_calls, after_serial, limit);
  }
  void read_pair(call::SiteId site, call::MemberId caller, call::MemberId callee, Then<Answer<PairView>> then) {
    ask(then, &StoreBackend::read_pair, std::move(site), std::move(caller), std::move(callee));
  }
  void read_start(StartQuery query, Then<Answer<StartView>> then) {
    ask(then, &StoreBackend::read_start, std::move(query));
  }

  void read_site(call::SiteId site, Then<Answer<SiteEntry>> then) {
    ask(then, &StoreBackend::read_site, std::move(site));
  }
  void put_site(SiteChange change, Then<Answer<Done>> then) { ask(then, &StoreBackend::put_site, std::move(change)); }
  void list_sites(call::SiteId after, std::size_t limit, Then<Answer<std::vector<SiteRow>>> then) {
    ask(then, &StoreBackend::list_sites, std::move(after), limit);
  }
  void erase_site(call::SiteId site, AuditEntry last, Then<Answer<Done>> then) {
    ask(then, &StoreBackend::erase_site, std::move(site), std::move(last));
  }
  void count_calls(call::SiteId site, WallTime since, Then<Answer<CallCounts>> then) {
    ask(then, &StoreBackend::count_calls, std::move(site), since);
  }
  void read_member(call::SiteId site, call::MemberId member, Then<Answer<std::optional<MemberProfile>>> then) {
    ask(then, &StoreBackend::read_member, std::move(site), std::move(member));
  }
  void list_members(call::SiteId site, call::MemberId after, std::size_t limit,
                    Then<Answer<std::vector<MemberProfile>>> then) {
    ask(then, &StoreBackend::list_members, std::move(site), std::move(after), limit);
  }
  void read_blocked(call::SiteId site, call::MemberId member, Then<Answer<std::vector<call::MemberId>>> then) {
    ask(then, &StoreBackend::read_blocked, std::move(site), std::move(member));
  }
  void read_people(call::SiteId site, call::MemberId viewer, std::vector<call::MemberId> members,
                   Then<Answer<PeopleView>> then) {
    ask(then, &StoreBackend::read_people, std::move(site), std::move(viewer), std::move(members));
  }
  void upsert_members(call::SiteId site, std::vector<MemberUpdate> updates, Then<Answer<std::size_t>> then) {
    ask(then, &StoreBackend::upsert_members, std::move(site), std::move(updates));
  }
  void erase_member(call::SiteId site, call::MemberId member, Then<Answer<Done>> then) {
    ask(then, &StoreBackend::erase_member, std::move(site), std::move(member));
  }

  void notifications_of(call::SiteId site, call::MemberId member, Which which, Page page,
                        Then<Answer<std::vector<Notification>>> then) {
    ask(then, &StoreBackend::notifications_of, std::move(site), std::move(member), which, page);
  }
  void mark_notifications(call::SiteId site, call::MemberId member, std::vector<call::CallId> keys, Mark mark,
                          Then<Answer<std::size_t>> then) {
    ask(then, &StoreBackend::mark_notifications, std::move(site), std::move(member), std::move(keys), mark);
  }
  void count_unread(call::SiteId site, call::MemberId member, Then<Answer<std::size_t>> then) {
    ask(then, &StoreBackend::count_unread, std::move(site), std::move(member));
  }
  void append_message(MessageDraft draft, Then<Answer<Message>> then) {
    ask(then, &StoreBackend::append_message, std::move(draft));
  }
  void read_thread(call::SiteId site, call::MemberId a, call::MemberId b, Page page,
                   Then<Answer<std::vector<Message>>> then) {
    ask(then, &StoreBackend::read_thread, std::move(site), std::move(a), std::move(b), page);
  }

  void append_audit(AuditEntry entry, Then<Answer<Done>> then) {
    ask(then, &StoreBackend::append_audit, std::move(entry));
  }
  void read_audit(call::SiteId site, Page page, Then<Answer<std::vector<AuditEntry>>> then) {
    ask(then, &StoreBackend::read_audit, std::move(site), page);
  }
  void read_outbox(std::string consumer, std::size_t limit, Then<Answer<std::vector<OutboxRow>>> then) {
    ask(then, &StoreBackend::read_outbox, std::move(consumer), limit);
  }
  void ack_outbox(std::string consumer, std::uint64_t serial, Then<Answer<Done>> then) {
    ask(then, &StoreBackend::ack_outbox, std::move(consumer), serial);
  }
  void outbox_news(std::uint64_t after, Then<Answer<OutboxNews>> then) { ask(then, &StoreBackend::outbox_news, after); }
  void events_after(call::SiteId site, std::uint64_t after, std::size_t limit,
                    Then<Answer<std::vector<OutboxRow>>> then) {
    ask(then, &StoreBackend::events_after, std::move(site), after, limit);
  }
  void put_webhook(WebhookChange change, Then<Answer<Done>> then) {
    ask(then, &StoreBackend::put_webhook, std::move(change));
  }
  void read_webhook(call::SiteId site, Then<Answer<std::optional<Webhook>>> then) {
    ask(then, &StoreBackend::read_webhook, std::move(site));
  }
  void read_webhooks(call::SiteId after, std::size_t limit, Then<Answer<std::vector<Webhook>>> then) {
    ask(then, &StoreBackend::read_webhooks, std::move(after), limit);
  }
  void erase_webhook(call::SiteId site, AuditEntry audit, Then<Answer<Done>> then) {
    ask(then, &StoreBackend::erase_webhook, std::move(site), std::move(audit));
  }
  void read_clock(Then<Answer<std::optional<call::ClockRow>>> then) { ask(then, &StoreBackend::read_clock); }
  void put_clock(call::ClockRow row, Then<Answer<Done>> then) { ask(then, &StoreBackend::put_clock, std::move(row)); }
  void purge(Retention retention, Then<Answer<Purged>> then) { ask(then, &StoreBackend::purge, retention); }

  // On yet another thread, so that calls go on meanwhile. One at a time: a second is answered kInUse.
  void backup(std::filesystem::path path, Then<Answer<Done>> then);

 private:
  // Tells an answer, on the control thread.
  using Told = std::function<void()>;
  // Does the request, again if need be, or takes the reason why it is not done.
  struct Request {
    std::function<Told(const Failure* refused)> work;
    bool alone = false;  // not together with others, and never twice
  };

  template <class R, class... P, class... A>
  void ask(Then<R> then, R (StoreBackend::*what)(P...), A... arguments) {
    submit({[this, then = std::move(then), what, ... arguments = std::move(arguments)](const Failure* refused) -> Told {
      return [then, result = refused ? R(std::unexpect, *refused) : (backend_.get()->*what)(arguments...)] {
        then(result);
      };
    }});
  }
  void submit(Request request);
  void run();
  std::vector<Request> take_batch();
  void do_batch(const std::vector<Request>& batch);

  std::unique_ptr<StoreBackend> backend_;
  const Executor executor_;
  const Runs runs_;
  const Bounds bounds_;

  std::function<void(CommitMoment, std::uint64_t)> watch_;
  std::uint64_t commits_ = 0;  // as watched; the store's thread alone

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Request> queue_;
  bool closed_ = false;
  bool backing_up_ = false;
  std::thread worker_;
  std::thread backup_;
};

}  // namespace parley::signaling::store

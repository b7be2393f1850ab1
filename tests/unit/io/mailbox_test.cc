#include "io/mailbox.h"

#include <gtest/gtest.h>
#include <uv.h>

#include <map>
#include <thread>

namespace parley {
namespace {

class MailboxTest : public ::testing::Test {
 protected:
  MailboxTest() { uv_loop_init(&loop_); }
  ~MailboxTest() override {
    uv_run(&loop_, UV_RUN_DEFAULT);
    EXPECT_EQ(uv_loop_close(&loop_), 0);
  }
  uv_loop_t loop_{};
};

TEST_F(MailboxTest, WakesTheLoopAndKeepsEachSendersOrder) {
  struct Letter {
    int sender;
    int number;
  };
  constexpr int kSenders = 3;
  constexpr int kLetters = 2000;
  std::map<int, int> next;
  int received = 0;
  Mailbox<Letter>* box = nullptr;
  Doorbell* bell = nullptr;
  Doorbell doorbell(&loop_, [&] {
    for (const Letter& letter : box->take()) {
      EXPECT_EQ(letter.number, next[letter.sender]++);
      ++received;
    }
    if (received == kSenders * kLetters) bell->close();
  });
  Mailbox<Letter> mailbox(doorbell);
  box = &mailbox;
  bell = &doorbell;

  std::vector<std::thread> senders;
  for (int s = 0; s < kSenders; ++s) {
    senders.emplace_back([&mailbox, s] {
      for (int i = 0; i < kLetters; ++i) mailbox.post({s, i});
    });
  }
  uv_run(&loop_, UV_RUN_DEFAULT);  // until the doorbell is closed
  for (std::thread& sender : senders) sender.join();
  EXPECT_EQ(received, kSenders * kLetters);
}

TEST_F(MailboxTest, ADoorbellThatIsClosedMayBeRung) {
  int rings = 0;
  Doorbell doorbell(&loop_, [&rings] { ++rings; });
  doorbell.close();
  doorbell.ring();
  doorbell.close();
  uv_run(&loop_, UV_RUN_DEFAULT);
  EXPECT_EQ(rings, 0);
}

}  // namespace
}  // namespace parley

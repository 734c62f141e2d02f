#include <gtest/gtest.h>
#include <unistd.h>

#include <memory>

#include "process_memory.hpp"

namespace actornet::load {
namespace {

TEST(process_memory, it_grows_with_what_is_touched) {
  const auto own_id = static_cast<std::uint32_t>(::getpid());
  const auto before = process_resident_bytes(own_id);
  if (!before)
    GTEST_SKIP() << "no /proc here";
  constexpr std::size_t size = 64 * 1024 * 1024;
  const std::unique_ptr<char[]> touched(new char[size]);
  for (std::size_t at = 0; at < size; at += 4096)
    static_cast<volatile char*>(touched.get())[at] = 1;
  const auto after = process_resident_bytes(own_id);
  ASSERT_TRUE(after);
  EXPECT_GE(*after, *before + size * 9 / 10);
}

TEST(process_memory, there_is_none_of_a_process_that_does_not_exist) {
  constexpr std::uint32_t nobody = 0x7fffffff;  // over the largest process id of Linux
  EXPECT_FALSE(process_resident_bytes(nobody));
}

}  // namespace
}  // namespace actornet::load

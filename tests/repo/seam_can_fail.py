#!/usr/bin/env python3
import planted
from seam import check

FORBIDDEN = [
    "auto t = std::chrono::steady_clock::now();",
    "auto t = std::chrono::system_clock :: now();",
    "using ticks = std::chrono::steady_clock;\nauto t = ticks::now();",
    "timespec t; clock_gettime(CLOCK_MONOTONIC, &t);",
    "auto t = std::time(nullptr);",
    "auto t = ::time(nullptr);",
    "std::thread worker(run);",
    "std::jthread worker(run);",
    "auto f = std::async(run);",
    "std::random_device seed;",
    "int i = rand();",
    "std::this_thread::sleep_for(1s);",
    "this_thread::sleep_until(when);",
    "usleep(5);",
    "::sleep(1);",
    "int fd = ::socket(AF_INET, SOCK_STREAM, 0);",
    "::connect(fd, address, size);",
    "::epoll_wait(set, events, 1, 0);",
    "#include <sys/socket.h>",
    "#include <netinet/tcp.h>",
]

ALLOWED = [
    "std::chrono::steady_clock::time_point deadline;",
    "time_point loop::now() { return now_; }\nvoid f(loop& l) { l.now(); }",
    "std::thread::id owner;",
    "// std::thread is banned\nauto why = \"sleep_for\";",
    "transport.connect(where); stream->send(bytes); simulated::connect(a, b);",
    "int operand(); int strand(int); auto i = operand();",
    "task<> t = runtime.sleep(1s);",
    "co_await sleep_until(when);",
]


class SeamTest(planted.PlantedTest):
    def test_finds_each_forbidden_call_in_each_product_folder(self):
        for folder in ("libnet/src", "libnet/include/actornet/net", "libnet/src/sim", "proto/src",
                       "actors/src", "apps/echo"):
            for text in FORBIDDEN:
                with self.subTest(folder=folder, text=text):
                    path = self.plant(f"{folder}/a.cpp", text + "\n")
                    last = text.count("\n") + 1
                    self.assert_found(check(self.root), f"{folder}/a.cpp:{last}:")
                    self.plant(path, "")

    def test_lets_the_platform_files_and_the_tests_do_it(self):
        for folder in ("libnet/src/platform", "libnet/src/asio", "tests/apps", "bench/generator"):
            self.plant(f"{folder}/a.cpp", "\n".join(FORBIDDEN))
        self.assertEqual(check(self.root), [])

    def test_lets_harmless_code_pass(self):
        for text in ALLOWED:
            self.plant("actors/src/a.cpp", text + "\n")
            self.assertEqual(check(self.root), [], text)

    def test_lets_only_the_header_of_a_platform_file_name_its_threads(self):
        self.plant("libnet/src/platform/watchdog.cpp", "")
        self.plant("libnet/include/actornet/net/watchdog.hpp", "std::thread thread_;\n")
        self.assertEqual(check(self.root), [])
        self.plant("libnet/include/actornet/net/other.hpp", "std::thread thread_;\n")
        self.assert_found(check(self.root), "other.hpp:1:")


if __name__ == "__main__":
    planted.main()

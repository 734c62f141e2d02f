#include "sim/seeds.hpp"

int main(int argc, char** argv) {
  return actornet::sim::run_tests(argc, argv);
}

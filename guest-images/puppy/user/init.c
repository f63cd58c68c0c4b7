/* Process 1. */
#include "puppy.h"

int main(int argc, char **argv, char **environment) {
  (void)argc, (void)argv, (void)environment;
  static const char text[] = "Hello from ring 3.\n";
  write(1, text, sizeof text - 1);
  return 0;
}

/* Turns the machine off; what was written is on the disk by then. */
#include "puppy.h"

int main(int argc, char **argv, char **environment) {
  (void)argc, (void)argv, (void)environment;
  reboot(REBOOT_POWER_OFF);
  return 1;
}

/* Turns the machine off; what was written is on the disk by then. */
#include "puppy.h"

int main(void) { return complain_of("the machine", reboot(REBOOT_POWER_OFF)); }

/*
 * Five screens about what the reader is inside of.  Words only; the machine they tell about is the one that shows them.
 */
#include "puppy.h"

static const char *const screens[] = {
    "You are inside a machine that is not there\n"
    "\n"
    "This is puppy, a small Unix: a kernel, a shell, some thirty programs.  It would\n"
    "tell you that it runs on a processor, in memory, with a clock.  It has none.\n"
    "\n"
    "        you        typing\n"
    "        programs   ring 3: sh, ls, journey\n"
    "        puppy      ring 1: the kernel, your guest         \\\n"
    "        Switcher   ring 0: one page of assembly            | one x86 processor:\n"
    "        host       ring 0: lguest, who really owns it all /  a program, too\n"
    "\n"
    "lguest was a hypervisor of 5,000 lines.  It lived in Linux for ten years\n"
    "and needed no help from the hardware.  Its trick was to ask: a guest kernel\n"
    "does not touch what is not its own, it makes a hypercall.  The readers of\n"
    "lguest's source were called puppies.  Here is the place where you can bark.\n"
    "\n"
    "Try afterwards:   ps          who lives here\n"
    "                  dmesg       what the kernel said when it woke up\n"
    "                  cat /proc/cpuinfo\n",

    "The Switcher: astride two worlds\n"
    "\n"
    "Host and guest have separate page tables.  Changing from one to the other means\n"
    "loading cr3, and then the code that did it had better still be there.  So one\n"
    "stretch at the very top of memory is mapped in both worlds alike, and in it\n"
    "lies a page of assembly that saves one world and wakes the other:\n"
    "\n"
    "        host   | ... host's pages ...                 | Switcher |\n"
    "                                                       ^ same place, same code\n"
    "        guest  | programs | puppy at 3 GiB | ...      | Switcher |\n"
    "\n"
    "A guest leaves for three reasons: it asked (a hypercall), it did something that\n"
    "only ring 0 may (a trap), or something happened outside (an interrupt).  Each\n"
    "is a round trip: out through the Switcher, and in again.  Round trips are what\n"
    "a hypervisor costs; all the rest runs at full speed.\n"
    "\n"
    "Try afterwards:   time lat_syscall     a system call stays in the guest: the\n"
    "                                       processor hands it from ring 3 to ring 1\n"
    "                  time lat_pipe        while changing processes takes the host\n",

    "Shadow page tables: what puppy believes, and what is so\n"
    "\n"
    "puppy keeps page tables as every kernel does, and thinks that its page 5 is the\n"
    "machine's page 5.  It is not.  The processor never looks at puppy's tables; the\n"
    "host translates them, entry by entry, into shadows that the processor does use:\n"
    "\n"
    "        address --> puppy's table --> puppy's page          (believed)\n"
    "        address --> shadow table  ----------------> a page  (real)\n"
    "\n"
    "A shadow starts empty and is filled when somebody faults on it.  When puppy\n"
    "changes an entry it must say so, or the shadow goes stale; that is a hypercall\n"
    "too.  Several can wait in a ring in memory for the next one that has to be made\n"
    "at once, and travel together: fork tells dozens of changes in one crossing.\n"
    "\n"
    "Try afterwards:   lat_fork             and then, from outside, the same with\n"
    "                  boot with async=off  each change sent on its own\n"
    "                  lat_fault cow        pages shared until somebody writes\n",

    "The walker: a round trip saved\n"
    "\n"
    "A program touches a page for the first time.  The fault ends in the host, who\n"
    "looks at puppy's tables, finds nothing, and says: your fault.  Then puppy finds\n"
    "a page, tells the host, and the program goes on.  Two round trips:\n"
    "\n"
    "        program -- fault --> host --> puppy -- new entry --> host --> program\n"
    "\n"
    "The first one only asked a question that puppy's own tables answer.  So there\n"
    "was a note in lguest: let the Switcher look itself, and hand the fault straight\n"
    "to the guest.  Nobody built it; would the gain be worth the lines?  Here it is,\n"
    "some assembly called the walker, and it can be turned off:\n"
    "\n"
    "        program -- fault --> walker --> puppy -- new entry --> host --> program\n"
    "\n"
    "It takes only faults of programs, and only where puppy's tables would not allow\n"
    "the access.  All else goes to the host as before, and nobody can tell, but by\n"
    "the clock.\n"
    "\n"
    "Try afterwards:   lat_fault touch      with --fast-path off, and on\n",

    "What to try next\n"
    "\n"
    "In here:\n"
    "    for f in /bin/lat*; do $f; done   measure everything that waits\n"
    "    stress bomb hog                   a fork bomb and a glutton; then `free`\n"
    "    while true; do free; sleep 1; done & top\n"
    "    ed /tmp/poem                      a, your lines, a dot alone; then w and q\n"
    "    ls -l /bin | sort -r | head -5    pipes are processes, too\n"
    "\n"
    "From outside, where Astride's files are:\n"
    "    npm run -s astride -- compare puppy --append \"run=lat_fork\"\n"
    "    npm run -s astride -- boot puppy --disk DISK    an ext2 disk, at /mnt\n"
    "    guest-images/puppy/README.md                    a way through its kernel\n"
    "    npm run journey                                 the whole tale, in order\n"
    "\n"
    "And read the Switcher.  It is assembly, its comments are verse, and every line\n"
    "of them is true of the instruction below.\n"
    "\n"
    "Mistakes can hurt nobody: `poweroff`, boot, and it is all as it was.\n",
};

enum { SCREENS = LENGTH(screens), CTRL_C = 3 };

static char ask(int screen) {
  char key = 'q';
  if (screen + 1 < SCREENS) printf("\n-- %d of %d: Enter goes on, b goes back, q leaves -- ", screen + 1, SCREENS);
  else printf("\n-- %d of %d: b goes back, Enter leaves -- ", screen + 1, SCREENS);
  flush();
  if (read(0, &key, 1) != 1) key = 'q';
  return key;
}

static void walk_through(void) {
  for (int screen = 0; screen < SCREENS;) {
    printf("\033[H\033[J%s", screens[screen]);
    char key = ask(screen);
    if (key == 'q' || key == CTRL_C) break;
    if (key != 'b') screen++;
    else if (screen) screen--;
  }
  printf("\n");
}

int main(void) {
  if (!is_terminal(0) || !is_terminal(1) || terminal_raw()) {
    for (int i = 0; i < SCREENS; i++) printf(i ? "\n%s" : "%s", screens[i]);
    return 0;
  }
  walk_through();
  terminal_as_before();
  return 0;
}

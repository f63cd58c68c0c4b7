/*
 * Where the kernel begins, once ../../common has laid its first page tables and found the command line; and how it ends.
 */
#include "devices.h"
#include "files.h"

void devices_open(void);

/*
 * @journey guest/puppy  A kernel wakes up
 *
 * Memory first, for everybody wants some.  Then the ways in: traps, the clock, what is typed.  Then files, for there the
 * programs are.  The last thing to make is the first process, and with it the kernel stops being a program that runs
 * from top to bottom: from then on it is only there when it is called.
 */
void guest_main(void) {
  host_ring_open();
  disk_open();
  u32 limit = initrd_open();
  devices_open();
  frames_open(limit);
  traps_of_programs_open();
  clock_open();
  console_receive();
  print("puppy: %u KiB of memory, %u free\n", memory_bytes / 1024, frames_free * (PAGE_BYTES / 1024));
  start_init();
  start_scheduling();
}
/* @end */

static void mount_all(void) {
  if (mount("/proc", &proc_filesystem, PROC_ROOT)) print("puppy: /proc cannot be mounted\n");
  if (!disk_sectors) return;
  if (ext2_open() || mount("/mnt", &ext2_filesystem, EXT2_ROOT))
    print("puppy: the disk holds no ext2 file system; it is /dev/vda\n");
}

static void open_terminal(void) {
  struct file *terminal;
  if (open_path(root, "/dev/console", O_RDWR, 0, &terminal)) give_up("there is no /dev/console");
  for (u32 i = 0; i < 3; i++) current->files[i] = terminal;
  terminal->count = 3;
  terminal_open();
}

/* The first process, still in the kernel: from switch.S, which goes on to the program we put in its frame. */
void become_init(void) {
  static char path[PATH_BYTES] = "/bin/init";
  const char *wanted = option("init");
  for (u32 i = 0; wanted && i < PATH_BYTES - 1; i++) {
    int ends = !wanted[i] || wanted[i] == ' ' || wanted[i] == '\n';
    path[i] = ends ? 0 : wanted[i];
    if (ends) break;
  }
  if (option("oops")) *(volatile int *)0 = 0; /* asked for, by whoever wants to see one */
  current->working = inode_hold(root);
  mount_all();
  open_terminal();
  int error = process_exec(path, 0, 0);
  if (error) give_up("cannot run %s (error %d)", path, -error);
}

void init_ended(int status) {
  ext2_close();
  if (status & 0x7f) give_up("process 1 was killed by signal %u", status & 0x7f);
  give_up("process 1 ended with status %u", status >> 8);
}

void end_guest(int restart) {
  ext2_close();
  if (restart) ask_host(LHCALL_SHUTDOWN, physical("restart"), SHUTDOWN_RESTART, 0);
  power_off();
}

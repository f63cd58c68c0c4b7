/*
 * Files of /proc that are about the whole system.
 */
#include "proc.h"

enum { KIB_PER_PAGE = PAGE_BYTES / 1024, HUNDREDTH_NS = 10000000 };

static void uptime(struct page *page, struct process *process) {
  (void)process;
  u32 up = (u32)(now_ns() / HUNDREDTH_NS), idle = (u32)(cycles_to_ns(idle_cycles) / HUNDREDTH_NS);
  put(page, "%u.%02u %u.%02u\n", up / 100, up % 100, idle / 100, idle % 100);
}

static void meminfo(struct page *page, struct process *process) {
  (void)process;
  u32 total = frames_total * KIB_PER_PAGE, unused = frames_free * KIB_PER_PAGE;
  put(page, "MemTotal:       %u kB\nMemFree:        %u kB\nMemAvailable:   %u kB\n", total, unused, unused);
  put(page, "Buffers:        0 kB\nCached:         0 kB\nSwapTotal:      0 kB\nSwapFree:       0 kB\nShmem:          0 kB\n");
}

/* Averages would want a clock that ticks.  This is how many want to run right now. */
static void loadavg(struct page *page, struct process *process) {
  (void)process;
  u32 load = runnable_count();
  put(page, "%u.00 %u.00 %u.00 %u/%u %u\n", load, load, load, load, processes_alive(), current->pid);
}

/* The counter does not tell ring 1 from ring 3, so all time that was not idle is the programs'. */
static void stat(struct page *page, struct process *process) {
  (void)process;
  u32 up = ticks_of(now_ns()), idle = ticks_of(cycles_to_ns(idle_cycles)), busy = up - idle;
  put(page, "cpu  %u 0 0 %u 0 0 0 0 0 0\ncpu0 %u 0 0 %u 0 0 0 0 0 0\n", busy, idle, busy, idle);
  put(page, "intr 0\nctxt %u\nbtime %u\nprocesses %u\nprocs_running %u\nprocs_blocked 0\n", switches, boot_seconds(),
      processes_made, runnable_count());
}

static void version(struct page *page, struct process *process) {
  (void)process;
  put(page, "Puppy version 3.0.0 (lguest) #1\n");
}

static void mounts(struct page *page, struct process *process) {
  (void)process;
  put(page, "rootfs / rootfs ro 0 0\nproc /proc proc ro 0 0\n");
  if (ext2_is_mounted()) put(page, "/dev/vda /mnt ext2 %s 0 0\n", ext2_is_writable() ? "rw" : "ro");
}

static void filesystems(struct page *page, struct process *process) {
  (void)process;
  put(page, "nodev\trootfs\nnodev\tproc\nnodev\tpipefs\n\text2\n");
}

static void command_line(struct page *page, struct process *process) {
  (void)process;
  enum { BOOT_COMMAND_LINE = 0x228 };
  put(page, "%s\n", (const char *)virtual(*(const u32 *)((const char *)virtual(0) + BOOT_COMMAND_LINE)));
}

static void cpuinfo(struct page *page, struct process *process) {
  (void)process;
  u32 leaf = 0, ignored, vendor[4] = {0}, features, signature;
  __asm__ volatile("cpuid" : "+a"(leaf), "=b"(vendor[0]), "=c"(vendor[2]), "=d"(vendor[1]));
  signature = 1;
  __asm__ volatile("cpuid" : "+a"(signature), "=b"(ignored), "=c"(ignored), "=d"(features));
  put(page, "processor\t: 0\nvendor_id\t: %s\ncpu family\t: %u\nmodel\t\t: %u\n", (const char *)vendor, signature >> 8 & 15,
      signature >> 4 & 15);
  put(page, "cpu MHz\t\t: %u.%03u\nflags\t\t: %08x\n\n", lguest_data.tsc_khz / 1000, lguest_data.tsc_khz % 1000, features);
}

const struct proc_file system_files[] = {
    {"cmdline", command_line}, {"cpuinfo", cpuinfo}, {"filesystems", filesystems}, {"loadavg", loadavg}, {"meminfo", meminfo},
    {"mounts", mounts},        {"stat", stat},       {"uptime", uptime},           {"version", version}, {0, 0},
};

/*
 * Files of /proc that are about one process.
 */
#include "proc.h"

enum { UNKNOWN_AFTER_RSS = 27 };

static char state_of(const struct process *process) {
  return process->state == RUNNABLE ? 'R' : process->state == SLEEPING ? 'S' : 'Z';
}

static u32 bytes_of(const struct process *process) {
  u32 bytes = 0;
  for (u32 i = 0; i < process->space.area_count; i++) bytes += process->space.areas[i].end - process->space.areas[i].start;
  return bytes;
}

static u64 time_of(const struct process *process) {
  return cycles_to_ns(process->ran_for + (process == current ? cycles() - process->on_since : 0));
}

/* Linux' fields in Linux' order, proc(5); what is not known here is 0. */
static void stat(struct page *page, struct process *process) {
  put(page, "%u (%s) %s %u %u %u 1281 0 0 %u 0 0 0 ", process->pid, process->name, (char[]){state_of(process), 0},
      process == init_process ? 0 : process->parent->pid, process->group, process->session, process->faults);
  put(page, "%u 0 %u 0 20 0 1 0 %u %u %u", ticks_of(time_of(process)), ticks_of(cycles_to_ns(process->children_ran_for)),
      ticks_of(process->started_at), bytes_of(process), process->space.resident);
  for (u32 i = 0; i < UNKNOWN_AFTER_RSS; i++) put(page, " 0");
  put(page, "\n");
}

static void statm(struct page *page, struct process *process) {
  put(page, "%u %u 0 0 0 0 0\n", bytes_of(process) / PAGE_BYTES, process->space.resident);
}

static void status(struct page *page, struct process *process) {
  put(page, "Name:\t%s\nState:\t%s\nPid:\t%u\nPPid:\t%u\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\n", process->name,
      (char[]){state_of(process), 0}, process->pid, process == init_process ? 0 : process->parent->pid);
  put(page, "VmSize:\t%u kB\nVmRSS:\t%u kB\nThreads:\t1\nSigPnd:\t%08x\nSigBlk:\t%08x\n", bytes_of(process) / 1024,
      process->space.resident * (PAGE_BYTES / 1024), process->pending, process->blocked);
}

/* The words are still where exec left them, on another process' stack, so they are looked up in its tables. */
static void command_line(struct page *page, struct process *process) {
  if (process->state >= ZOMBIE) return;
  for (u32 at = process->arguments_start; at < process->arguments_end && page->used < PAGE_BYTES; at++) {
    u32 entry = space_lookup(&process->space, at);
    if (!(entry & PTE_PRESENT)) return;
    page->text[page->used++] = *((char *)virtual(page_floor(entry)) + at % PAGE_BYTES);
  }
}

static void maps(struct page *page, struct process *process) {
  for (u32 i = 0; i < process->space.area_count; i++) {
    const struct area *area = &process->space.areas[i];
    char rights[] = "---p";
    if (area->rights & PROT_READ) rights[0] = 'r';
    if (area->rights & PROT_WRITE) rights[1] = 'w';
    if (area->rights & PROT_EXEC) rights[2] = 'x';
    put(page, "%08x-%08x %s %08x 00:%02x %u %s\n", area->start, area->end, rights, area->file ? area->offset : 0,
        area->file ? area->file->filesystem->device : 0, area->file ? area->file->number : 0,
        area->grows_down ? "[stack]" : area->start == page_ceiling(process->space.heap_start) ? "[heap]" : "");
  }
}

const struct proc_file process_files[] = {
    {"cmdline", command_line}, {"maps", maps}, {"stat", stat}, {"statm", statm}, {"status", status}, {0, 0},
};

/*
 * /proc: files nobody wrote.  Each is made when it is read, whole, on a page of its own, and thrown away again.
 *
 *      an inode's number:  | process number │ which file: 8 bits |     process 0 is the top folder
 */
#include "proc.h"

enum { TOP = PROC_ROOT, SELF = 2, FIRST_TOP_FILE = 3, PROCESS_FOLDER = 1, FIRST_PROCESS_FILE = 2, PROC_DEVICE = 3 };
enum { PID_DIGITS = 12 };

static u32 which(const struct inode *inode) { return inode->number & 0xff; }
static u32 pid_of(const struct inode *inode) { return inode->number >> 8; }
static u32 number(u32 pid, u32 which) { return pid << 8 | which; }

static int names_match(const char *one, const char *other) {
  while (*one && *one == *other) one++, other++;
  return *one == *other;
}

void put(struct page *page, const char *format, ...) {
  __builtin_va_list arguments;
  __builtin_va_start(arguments, format);
  page->used += format_text(page->text + page->used, PAGE_BYTES - page->used, format, arguments);
  __builtin_va_end(arguments);
}

static int proc_load(struct inode *inode) {
  int is_folder = pid_of(inode) ? which(inode) == PROCESS_FOLDER : which(inode) == TOP;
  int is_link = !pid_of(inode) && which(inode) == SELF;
  if (pid_of(inode) && !process_by_pid(pid_of(inode))) return -ENOENT;
  inode->mode = is_folder ? S_IFDIR | 0555 : is_link ? S_IFLNK | 0777 : S_IFREG | 0444;
  inode->links = is_folder ? 2 : 1;
  inode->seconds = boot_seconds();
  return 0;
}

static void write_file(struct inode *inode, struct page *page) {
  struct process *process = pid_of(inode) ? process_by_pid(pid_of(inode)) : 0;
  if (process)
    process_files[which(inode) - FIRST_PROCESS_FILE].write(page, process);
  else if (!pid_of(inode) && which(inode) == SELF)
    put(page, "%u", current->pid);
  else if (!pid_of(inode))
    system_files[which(inode) - FIRST_TOP_FILE].write(page, 0);
}

static int proc_read(struct inode *inode, u32 offset, void *to, u32 length) {
  u32 frame = frame_take();
  if (!frame) return -ENOMEM;
  struct page page = {virtual(frame), 0};
  write_file(inode, &page);
  u32 rest = offset < page.used ? page.used - offset : 0;
  if (length > rest) length = rest;
  memcpy(to, page.text + offset, length);
  frame_drop(frame);
  return length;
}

static u32 parse_pid(const char *name) {
  u32 pid = 0;
  for (; *name >= '0' && *name <= '9' && pid < 100000; name++) pid = pid * 10 + *name - '0';
  return *name ? 0 : pid;
}

static int find_file(const struct proc_file *files, const char *name) {
  for (u32 i = 0; files[i].name; i++)
    if (names_match(files[i].name, name)) return i;
  return -ENOENT;
}

static int proc_lookup(struct inode *folder, const char *name, u32 *found) {
  u32 pid = pid_of(folder);
  if (names_match(name, "..")) return *found = TOP, 0; /* of the top itself nobody asks: it is mounted */
  int index = find_file(pid ? process_files : system_files, name);
  if (index >= 0) return *found = number(pid, index + (pid ? FIRST_PROCESS_FILE : FIRST_TOP_FILE)), 0;
  if (pid) return -ENOENT;
  if (names_match(name, "self")) return *found = SELF, 0;
  pid = parse_pid(name);
  if (!pid || !process_by_pid(pid)) return -ENOENT;
  return *found = number(pid, PROCESS_FOLDER), 0;
}

static int put_entry(struct entry *entry, const char *name, u32 inode, u32 mode) {
  entry->name = name;
  entry->length = text_length(name);
  entry->number = inode;
  entry->type = mode >> 12;
  return 1;
}

/* In the top folder, behind the files, a position is a slot of the process table. */
static int list_process(u32 *position, u32 first, struct entry *entry) {
  static char digits[PID_DIGITS];
  for (; *position - first < PROCESSES; ++*position) {
    struct process *process = processes[*position - first];
    if (!process) continue;
    struct page page = {digits, 0};
    put(&page, "%u", process->pid);
    ++*position;
    return put_entry(entry, digits, number(process->pid, PROCESS_FOLDER), S_IFDIR);
  }
  return 0;
}

static int proc_list(struct inode *folder, u32 *position, struct entry *entry) {
  u32 pid = pid_of(folder), at = *position;
  const struct proc_file *files = pid ? process_files : system_files;
  if (at < 2) return ++*position, put_entry(entry, at ? ".." : ".", at ? (u32)TOP : folder->number, S_IFDIR);
  u32 count = 0;
  while (files[count].name) count++;
  if (at - 2 < count) {
    u32 first = pid ? FIRST_PROCESS_FILE : FIRST_TOP_FILE;
    return ++*position, put_entry(entry, files[at - 2].name, number(pid, first + at - 2), S_IFREG);
  }
  if (pid) return 0;
  if (at - 2 == count) return ++*position, put_entry(entry, "self", SELF, S_IFLNK);
  return list_process(position, 2 + count + 1, entry);
}

static const struct inode_operations operations = {
    .load = proc_load, .read = proc_read, .lookup = proc_lookup, .list = proc_list};
const struct filesystem proc_filesystem = {.type = "proc", .operations = &operations, .device = PROC_DEVICE};

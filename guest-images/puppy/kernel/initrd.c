/*
 * The initrd: a cpio archive of the "new ASCII" kind, either the one inside the kernel or one the launcher put at the
 * top of memory.  Nothing is unpacked: the tree points into the archive.
 *
 *      "070701" │ 13 numbers of 8 hex digits │ name, 0 │ to a multiple of 4 │ contents │ to a multiple of 4
 */
#include "processes.h"
#include "files.h"

enum { BOOT_LOADER_TYPE = 0x210, BOOT_RAMDISK = 0x218, BOOT_RAMDISK_BYTES = 0x21C, SPARE_NODES = 256 };
enum { HEADER_BYTES = 110, MODE = 1, FILE_BYTES = 6, MAJOR = 9, MINOR = 10, NAME_LENGTH = 11 };

extern const u8 initrd_start[], initrd_end[];

struct member {
  u32 mode, bytes, device;
  const char *name;
  const u8 *contents, *next;
};

static u32 field(const u8 *header, u32 index) {
  u32 number = 0;
  const u8 *digit = header + 6 + 8 * index;
  for (u32 i = 0; i < 8; i++) number = number * 16 + (digit[i] <= '9' ? digit[i] - '0' : (digit[i] | 32) - 'a' + 10);
  return number;
}

static const u8 *align4(const u8 *from, const u8 *at) { return from + ((at - from + 3) & ~3); }

/* 0 at the end, or where it is no archive any more. */
static int read_member(const u8 *start, const u8 *at, const u8 *end, struct member *member) {
  static const char magic[] = "070701", trailer[] = "TRAILER!!!";
  if (end - at < HEADER_BYTES) return 0;
  for (u32 i = 0; i < sizeof magic - 1; i++)
    if (at[i] != magic[i]) return 0;
  member->mode = field(at, MODE);
  member->bytes = field(at, FILE_BYTES);
  member->device = field(at, MAJOR) << 8 | field(at, MINOR);
  member->name = (const char *)at + HEADER_BYTES;
  member->contents = align4(start, at + HEADER_BYTES + field(at, NAME_LENGTH));
  if (member->contents > end || member->bytes > (u32)(end - member->contents)) return 0;
  member->next = align4(start, member->contents + member->bytes);
  u32 i = 0;
  while (i < sizeof trailer && member->name[i] == trailer[i]) i++;
  return i < sizeof trailer;
}

static const char *without_leading(const char *name) {
  while (*name == '/' || (*name == '.' && name[1] == '/')) name++;
  return name;
}

static void add_all(const u8 *start, const u8 *end) {
  struct member member;
  u32 count = SPARE_NODES;
  for (const u8 *at = start; read_member(start, at, end, &member); at = member.next) count++;
  tree_open(count);
  for (const u8 *at = start; read_member(start, at, end, &member); at = member.next)
    tree_add(without_leading(member.name), member.mode, member.device, member.contents, member.bytes);
}

u32 initrd_open(void) {
  const u8 *boot = virtual(0);
  const u8 *start = initrd_start, *end = initrd_end;
  if (boot[BOOT_LOADER_TYPE]) {
    start = virtual(*(const u32 *)(boot + BOOT_RAMDISK));
    end = start + *(const u32 *)(boot + BOOT_RAMDISK_BYTES);
  }
  add_all(start, end);
  static const char *const folders[] = {"dev", "proc", "tmp", "mnt", "bin"};
  for (u32 i = 0; i < sizeof folders / sizeof *folders; i++) tree_add(folders[i], S_IFDIR | 0755, 0, 0, 0);
  tree_make_writable("tmp");
  return start == initrd_start ? memory_taken() + pages_left() * PAGE_BYTES : physical(start);
}

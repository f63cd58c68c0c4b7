/*
 * Folders: files full of entries, each with its own length, so that one is removed by making the one before it longer.
 *
 *      | inode:32 │ length:16 │ name length:8 │ type:8 │ name … │ (slack) |     no entry crosses a block's end
 */
#include "ext2.h"

enum { UNKNOWN, REGULAR, FOLDER, CHARACTERS, BLOCKS, PIPE, SOCKET, LINK };

static u32 entry_bytes(u32 name_length) { return (ENTRY_HEAD + name_length + 3) & ~3u; }

/* The file's type as folders have it, if they have it at all. */
static u8 type_of(u32 mode) {
  static const u8 types[16] = {[1] = PIPE, [2] = CHARACTERS, [4] = FOLDER, [6] = BLOCKS, [8] = REGULAR, [10] = LINK, [12] = SOCKET};
  return super.revision && super.incompatible & COMPATIBLE_INCOMPATIBLE ? types[mode >> 12 & 15] : 0;
}

static u32 mode_type(u8 type) {
  static const u8 types[8] = {0, 8, 4, 2, 6, 1, 12, 10};
  return type < sizeof types ? types[type] : 0;
}

/* Entries come from the disk, and a disk may say anything. */
static int is_sound(const struct ext2_entry *entry, u32 offset) {
  return entry->bytes >= ENTRY_HEAD && entry->bytes % 4 == 0 && offset % block_bytes + entry->bytes <= block_bytes &&
         entry_bytes(entry->name_length) <= entry->bytes;
}

static struct ext2_entry *entry_at(struct inode *folder, u32 offset) {
  u32 block = place_block(folder, offset / block_bytes, 0);
  u8 *bytes = block ? block_read(block) : 0;
  if (!bytes) return 0;
  struct ext2_entry *entry = (struct ext2_entry *)(bytes + offset % block_bytes);
  return is_sound(entry, offset) ? entry : 0;
}

static int name_is(const struct ext2_entry *entry, const char *name) {
  u32 i = 0;
  while (i < entry->name_length && name[i] && entry->name[i] == name[i]) i++;
  return i == entry->name_length && !name[i];
}

/* The entry of a name, and the one before it in the same block. */
static struct ext2_entry *find(struct inode *folder, const char *name, struct ext2_entry **before) {
  struct ext2_entry *previous = 0, *entry;
  for (u32 offset = 0; offset < folder->size; offset += entry->bytes) {
    if (offset % block_bytes == 0) previous = 0;
    if (!(entry = entry_at(folder, offset))) return 0;
    if (entry->inode && name_is(entry, name)) {
      if (before) *before = previous;
      return entry;
    }
    previous = entry;
  }
  return 0;
}

int ext2_lookup(struct inode *folder, const char *name, u32 *number) {
  struct ext2_entry *entry = find(folder, name, 0);
  if (!entry) return -ENOENT;
  *number = entry->inode;
  return 0;
}

int ext2_list(struct inode *folder, u32 *position, struct entry *entry) {
  while (*position < folder->size) {
    struct ext2_entry *found = entry_at(folder, *position);
    if (!found) return -EIO;
    *position += found->bytes;
    if (!found->inode) continue;
    *entry = (struct entry){found->inode, mode_type(found->type), found->name_length, found->name};
    return 1;
  }
  return 0;
}

static void fill(struct ext2_entry *entry, u32 number, const char *name, u32 length, u32 mode) {
  entry->inode = number;
  entry->name_length = length;
  entry->type = type_of(mode);
  memcpy(entry->name, name, length);
  block_changed(entry);
}

/* Puts an entry where there is room behind another, or into a new block. */
static int add(struct inode *folder, const char *name, u32 number, u32 mode) {
  u32 length = text_length(name), needed = entry_bytes(length);
  struct ext2_entry *entry;
  if (length > NAME_MOST) return -ENAMETOOLONG;
  for (u32 offset = 0; offset < folder->size; offset += entry->bytes) {
    if (!(entry = entry_at(folder, offset))) return -EIO;
    u32 used = entry->inode ? entry_bytes(entry->name_length) : 0;
    if (entry->bytes < used + needed) continue;
    if (used) {
      u32 rest = entry->bytes - used;
      entry->bytes = used;
      entry = (struct ext2_entry *)((char *)entry + used);
      entry->bytes = rest;
    }
    fill(entry, number, name, length, mode);
    return ext2_save(folder);
  }
  u32 block = place_block(folder, folder->size / block_bytes, 1);
  entry = block ? (struct ext2_entry *)block_read(block) : 0;
  if (!entry) return -ENOSPC;
  entry->bytes = block_bytes;
  fill(entry, number, name, length, mode);
  folder->size += block_bytes;
  return ext2_save(folder);
}

static int remove(struct inode *folder, const char *name) {
  struct ext2_entry *before, *entry = find(folder, name, &before);
  if (!entry) return -ENOENT;
  if (before)
    before->bytes += entry->bytes;
  else
    entry->inode = 0;
  block_changed(entry);
  folder->seconds = ext2_now();
  return ext2_save(folder);
}

/* A new folder has two entries, and the one above it has one name more. */
static int furnish(struct inode *inode, struct inode *above) {
  int error = add(inode, ".", inode->number, S_IFDIR);
  if (!error) error = add(inode, "..", above->number, S_IFDIR);
  if (error) return error;
  inode->links = 2;
  above->links++;
  error = ext2_save(above);
  return error ? error : ext2_save(inode);
}

static void begin_record(u32 number, u32 mode, u32 device) {
  struct ext2_inode *record = disk_inode(number);
  u32 bytes = super.revision ? super.inode_bytes : sizeof *record;
  memset(record, 0, bytes);
  record->mode = mode;
  record->links = 1;
  record->place[0] = device;
  record->accessed = record->changed = record->modified = ext2_now();
  block_changed(record);
}

int ext2_create(struct inode *folder, const char *name, u32 mode, u32 device, u32 *number) {
  int is_folder = (mode & S_IFMT) == S_IFDIR;
  if (!ext2_is_writable()) return -EROFS;
  u32 made = inode_allocate(folder->number, is_folder);
  if (!made || !disk_inode(made)) return -ENOSPC;
  begin_record(made, mode, device);
  struct inode *inode = inode_get(&ext2_filesystem, made);
  if (!inode) return -ENFILE;
  int error = is_folder ? furnish(inode, folder) : 0;
  if (!error) error = add(folder, name, made, mode);
  if (error) {
    if (is_folder && inode->links == 2) folder->links--, ext2_save(folder);
    inode->links = 0;
  }
  inode_drop(inode);
  *number = made;
  return error;
}

int ext2_link(struct inode *folder, const char *name, struct inode *inode) {
  if (!ext2_is_writable()) return -EROFS;
  int error = add(folder, name, inode->number, inode->mode);
  if (error) return error;
  inode->links++;
  return ext2_save(inode);
}

int ext2_unlink(struct inode *folder, const char *name, struct inode *inode) {
  if (!ext2_is_writable()) return -EROFS;
  int error = remove(folder, name);
  if (error) return error;
  if ((inode->mode & S_IFMT) == S_IFDIR) {
    folder->links--;
    inode->links = 1;
    ext2_save(folder);
  }
  inode->links--;
  return ext2_save(inode);
}

/* A folder that moves gets another one above it. */
static int change_parent(struct inode *inode, struct inode *folder, struct inode *to) {
  struct ext2_entry *above = find(inode, "..", 0);
  if (!above) return -EIO;
  above->inode = to->number;
  block_changed(above);
  folder->links--;
  to->links++;
  int error = ext2_save(folder);
  return error ? error : ext2_save(to);
}

int ext2_rename(struct inode *folder, const char *name, struct inode *to, const char *to_name, struct inode *inode) {
  if (!ext2_is_writable()) return -EROFS;
  int error = add(to, to_name, inode->number, inode->mode);
  if (!error) error = remove(folder, name);
  if (!error && folder != to && (inode->mode & S_IFMT) == S_IFDIR) error = change_parent(inode, folder, to);
  return error;
}

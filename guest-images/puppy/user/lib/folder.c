/* What is in a folder, in the order of the names. */
#include "puppy.h"

enum { SYS_GETDENTS64 = 220, LIST_BYTES = 2048, TYPE_AT = 18, NAME_AT = 19, LENGTH_AT = 16 };

/* Shell's sort: no recursion, no memory, and fast enough for what fits here. */
void sort(void *array, size_t count, size_t size, int (*order)(const void *, const void *)) {
  char held[256], *at = array;
  for (size_t gap = count / 2; gap; gap /= 2)
    for (size_t i = gap; i < count; i++) {
      size_t j = i;
      memcpy(held, at + i * size, size);
      for (; j >= gap && order(at + (j - gap) * size, held) > 0; j -= gap)
        memcpy(at + j * size, at + (j - gap) * size, size);
      memcpy(at + j * size, held, size);
    }
}

static int by_name(const void *one, const void *other) {
  return strcmp(((const struct entry *)one)->name, ((const struct entry *)other)->name);
}

int list_folder(const char *path, struct entry **entries) {
  char list[LIST_BYTES];
  int file = open(path, O_RDONLY, 0), count = 0, length;
  *entries = 0;
  if (file < 0) return file;
  while ((length = system_call(SYS_GETDENTS64, file, list, sizeof list)) > 0)
    for (char *at = list; at < list + length; at += *(u16 *)(at + LENGTH_AT)) {
      char *name = at + NAME_AT;
      if (!strcmp(name, ".") || !strcmp(name, "..")) continue;
      *entries = realloc(*entries, (count + 1) * sizeof **entries);
      (*entries)[count++] = (struct entry){strdup(name), (u8)at[TYPE_AT]};
    }
  close(file);
  if (length < 0) return forget_entries(*entries, count), length;
  sort(*entries, count, sizeof **entries, by_name);
  return count;
}

void forget_entries(struct entry *entries, int count) {
  for (int i = 0; i < count; i++) free(entries[i].name);
  free(entries);
}

char *join_path(const char *folder, const char *name) {
  size_t length = strlen(folder);
  int slash = length && folder[length - 1] != '/';
  char *path = malloc(length + slash + strlen(name) + 1);
  strcpy(path, folder);
  if (slash) path[length] = '/';
  strcpy(path + length + slash, name);
  return path;
}

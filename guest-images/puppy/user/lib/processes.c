/* The processes there are, out of /proc. */
#include "puppy.h"

enum { STAT_BYTES = 512, FIELD_UTIME = 14, FIELD_START = 22, FIELD_SIZE = 23, FIELD_RESIDENT = 24, PAGE_KIB = 4 };

/* "PID (name) state parent group …": from the fourth on all fields are numbers. */
static int parse(char *text, struct process *to) {
  char *name = strchr(text, '('), *after = name ? strchr(name, ')') : 0;
  if (!after) return 0;
  *after = 0;
  to->pid = parse_number(text);
  snprintf(to->name, sizeof to->name, "%s", name + 1);
  to->state = after[2];
  char *at = after + 3;
  for (int field = 4; *at && field <= FIELD_RESIDENT; field++) {
    int number = parse_number(++at);
    if (field == 4) to->parent = number;
    if (field == 5) to->group = number;
    if (field == FIELD_UTIME) to->ticks = number;
    if (field == FIELD_START) to->started = number;
    if (field == FIELD_SIZE) to->size_kib = (u32)number / 1024;
    if (field == FIELD_RESIDENT) to->resident_kib = number * PAGE_KIB;
    while (*at && *at != ' ') at++;
  }
  return 1;
}

static int by_pid(const void *one, const void *other) {
  return ((const struct process *)one)->pid - ((const struct process *)other)->pid;
}

int list_processes(struct process *to, int most) {
  struct entry *entries;
  int count = list_folder("/proc", &entries), found = 0;
  for (int i = 0; i < count && found < most; i++) {
    char path[64], text[STAT_BYTES];
    if (!is_digit(entries[i].name[0])) continue;
    snprintf(path, sizeof path, "/proc/%s/stat", entries[i].name);
    int file = open(path, O_RDONLY, 0);
    if (file < 0) continue; /* gone in the meantime */
    int length = read(file, text, sizeof text - 1);
    close(file);
    text[length > 0 ? length : 0] = 0;
    found += parse(text, &to[found]);
  }
  if (count > 0) forget_entries(entries, count);
  sort(to, found, sizeof *to, by_pid);
  return found;
}

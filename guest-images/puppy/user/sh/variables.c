/* Variables.  Those that are exported are what programs find in their environment. */
#include "sh.h"

enum { VARIABLES = 128 };

static struct { char *name, *value; int exported; } variables[VARIABLES];
static u32 count;

int last_status, last_background;
char **parameters;

static int find(const char *name, size_t length) {
  for (u32 i = 0; i < count; i++)
    if (strlen(variables[i].name) == length && !memcmp(variables[i].name, name, length)) return i;
  return -1;
}

static char *copy_text(const char *text, size_t length) {
  char *copy = malloc(length + 1);
  memcpy(copy, text, length);
  copy[length] = 0;
  return copy;
}

const char *variable(const char *name, size_t length) {
  int index = find(name, length);
  return index < 0 ? 0 : variables[index].value;
}

void set_variable(const char *name, size_t length, const char *value) {
  int index = find(name, length);
  char *copy = strdup(value);
  if (index >= 0) {
    free(variables[index].value);
    variables[index].value = copy;
  } else if (count < VARIABLES) {
    variables[count].name = copy_text(name, length);
    variables[count].exported = 0;
    variables[count++].value = copy;
  } else {
    complain("too many variables");
  }
}

void export_variable(const char *name) {
  if (find(name, strlen(name)) < 0) set_variable(name, strlen(name), "");
  int index = find(name, strlen(name));
  if (index >= 0) variables[index].exported = 1;
}

void unset_variable(const char *name) {
  int index = find(name, strlen(name));
  if (index < 0) return;
  free(variables[index].name), free(variables[index].value);
  variables[index] = variables[--count];
}

void take_environment(void) {
  for (char **entry = environ; *entry; entry++) {
    char *equals = strchr(*entry, '=');
    if (!equals) continue;
    set_variable(*entry, equals - *entry, equals + 1);
    variables[find(*entry, equals - *entry)].exported = 1;
  }
}

char **environment_for_child(void) {
  struct words list = {0};
  for (u32 i = 0; i < count; i++) {
    if (!variables[i].exported) continue;
    u32 length = strlen(variables[i].name) + strlen(variables[i].value) + 2;
    char *entry = keep(length);
    snprintf(entry, length, "%s=%s", variables[i].name, variables[i].value);
    words_add(&list, entry);
  }
  if (!list.at) words_add(&list, 0);
  return list.at;
}

void print_variables(int only_exported) {
  for (u32 i = 0; i < count; i++)
    if (!only_exported || variables[i].exported) printf("%s=%s\n", variables[i].name, variables[i].value);
}

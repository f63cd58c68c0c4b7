/*
 * Linked lists: build one in scattered order, reverse it, walk it, sort it by merging, take every third one out.
 */
#include "compute.h"

enum { NODES = 4096, WALKS = 24 };

struct node {
  struct node *next;
  u32 key, weight;
};

static struct node nodes[NODES];

static struct node *build(u32 random) {
  struct node *first = 0;
  for (u32 i = 0; i < NODES; i++) {
    struct node *node = &nodes[i * 1237 % NODES]; /* 1237 is odd, so this visits them all */
    *node = (struct node){first, next_random(&random), i};
    first = node;
  }
  return first;
}

static struct node *reverse(struct node *list) {
  struct node *reversed = 0;
  while (list) {
    struct node *next = list->next;
    list->next = reversed, reversed = list, list = next;
  }
  return reversed;
}

static u32 walk(const struct node *list) {
  u32 sum = 0;
  for (; list; list = list->next) sum += list->key ^ list->weight;
  return sum;
}

static struct node *merge(struct node *a, struct node *b) {
  struct node *merged, **end = &merged;
  while (a && b) {
    struct node **smaller = a->key <= b->key ? &a : &b;
    *end = *smaller;
    end = &(*end)->next;
    *smaller = *end;
  }
  *end = a ? a : b;
  return merged;
}

static struct node *sort(struct node *list) {
  struct node *pending[16] = {0}, *sorted = 0;
  while (list) {
    struct node *one = list;
    list = list->next;
    one->next = 0;
    u32 rank = 0;
    for (; pending[rank]; rank++) one = merge(pending[rank], one), pending[rank] = 0;
    pending[rank] = one;
  }
  for (u32 rank = 0; rank < LENGTH(pending); rank++) sorted = merge(pending[rank], sorted);
  return sorted;
}

static void take_every_third(struct node *list) {
  for (; list && list->next && list->next->next; list = list->next->next) list->next->next = list->next->next->next;
}

u32 list_turn(u32 number) {
  struct node *list = reverse(build(seed(number)));
  u32 sum = 0;
  for (u32 i = 0; i < WALKS; i++) {
    list = reverse(list);
    sum = mix(sum, walk(list));
  }
  list = sort(list);
  for (const struct node *node = list; node->next; node = node->next)
    if (node->key > node->next->key) failed("the list is out of order");
  take_every_third(list);
  return mix(sum, walk(list));
}

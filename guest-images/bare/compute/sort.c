/*
 * Sorting numbers: a quicksort that leaves short runs to an insertion sort, recursive in the smaller half.
 */
#include "compute.h"

enum { NUMBERS = 12000, SHORT = 12 };

static int numbers[NUMBERS];

static void insertion_sort(int *low, int *high) {
  for (int *next = low + 1; next <= high; next++) {
    int moving = *next, *at = next;
    for (; at > low && at[-1] > moving; at--) *at = at[-1];
    *at = moving;
  }
}

static int middle_of(int a, int b, int c) {
  if (a > b) {
    int swap = a;
    a = b, b = swap;
  }
  return c < a ? a : c > b ? b : c;
}

static void quick_sort(int *low, int *high) {
  while (high - low > SHORT) {
    int pivot = middle_of(*low, low[(high - low) / 2], *high), *left = low, *right = high;
    while (left <= right) {
      while (*left < pivot) left++;
      while (*right > pivot) right--;
      if (left > right) break;
      int swap = *left;
      *left++ = *right, *right-- = swap;
    }
    if (right - low < high - left) {
      quick_sort(low, right);
      low = left;
    } else {
      quick_sort(left, high);
      high = right;
    }
  }
  insertion_sort(low, high);
}

u32 sort_turn(u32 number) {
  u32 random = seed(number), sum = 0, before = 0;
  for (u32 i = 0; i < NUMBERS; i++) before += numbers[i] = next_random(&random);
  quick_sort(numbers, numbers + NUMBERS - 1);
  for (u32 i = 0; i < NUMBERS; i++) {
    if (i && numbers[i - 1] > numbers[i]) failed("not sorted");
    before -= numbers[i];
    sum = mix(sum, numbers[i]);
  }
  if (before) failed("numbers were lost");
  return sum;
}

/*
 * Matrix multiplication, by the book: three loops, strided reads, 32-bit integers.  The product is checked against a
 * vector (Freivalds), which costs a fraction of it.
 */
#include "compute.h"

enum { SIZE = 56 };

static u32 left[SIZE][SIZE], right[SIZE][SIZE], product[SIZE][SIZE];

static void multiply(void) {
  for (u32 row = 0; row < SIZE; row++)
    for (u32 column = 0; column < SIZE; column++) {
      u32 sum = 0;
      for (u32 i = 0; i < SIZE; i++) sum += left[row][i] * right[i][column];
      product[row][column] = sum;
    }
}

static void times_vector(u32 matrix[SIZE][SIZE], const u32 *vector, u32 *to) {
  for (u32 row = 0; row < SIZE; row++) {
    to[row] = 0;
    for (u32 i = 0; i < SIZE; i++) to[row] += matrix[row][i] * vector[i];
  }
}

u32 matrix_turn(u32 number) {
  u32 random = seed(number), sum = 0, vector[SIZE], once[SIZE], twice[SIZE], direct[SIZE];
  for (u32 row = 0; row < SIZE; row++) {
    vector[row] = next_random(&random);
    for (u32 i = 0; i < SIZE; i++) left[row][i] = next_random(&random), right[row][i] = random >> 7;
  }
  multiply();
  times_vector(right, vector, once);
  times_vector(left, once, twice);
  times_vector(product, vector, direct);
  for (u32 row = 0; row < SIZE; row++) {
    if (twice[row] != direct[row]) failed("the product is wrong");
    sum = mix(sum, product[row][row]);
  }
  return sum;
}

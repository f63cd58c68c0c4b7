/*
 * The Mandelbrot set in x87 registers: a tight loop of multiplications, a comparison and a branch on its outcome.
 */
#include "compute.h"

enum { WIDTH = 48, HEIGHT = 32, STEPS_MOST = 100 };

static u32 steps_until_away(double real, double imaginary) {
  double x = 0, y = 0;
  u32 steps = 0;
  for (; steps < STEPS_MOST; steps++) {
    double x2 = x * x, y2 = y * y;
    if (x2 + y2 > 4) break;
    y = 2 * x * y + imaginary;
    x = x2 - y2 + real;
  }
  return steps;
}

u32 mandelbrot_turn(u32 number) {
  u32 sum = number, inside = 0;
  for (u32 row = 0; row < HEIGHT; row++)
    for (u32 column = 0; column < WIDTH; column++) {
      u32 steps = steps_until_away(-2 + column * 3.0 / WIDTH, -1 + row * 2.0 / HEIGHT + number * 0.0001);
      inside += steps == STEPS_MOST;
      sum = mix(sum, steps);
    }
  if (inside < WIDTH * HEIGHT / 8 || inside > WIDTH * HEIGHT / 2) failed("the set has the wrong size");
  return sum;
}

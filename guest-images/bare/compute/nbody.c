/*
 * Five bodies under gravity, in x87 registers: add, multiply, divide, square root, and many loads and stores of doubles.
 * The starting points are the Sun and four planets, rounded; only energy matters, and it must be kept.
 */
#include "compute.h"

enum { BODIES = 5, STEPS = 500 };

struct body {
  double at[3], speed[3], mass;
};

static const struct body beginning[BODIES] = {
    {{0, 0, 0}, {-0.000387, -0.003271, 0.0000238}, 39.4784},
    {{4.8414, -1.1603, -0.1036}, {0.6063, 2.8120, -0.0252}, 0.03769},
    {{8.3434, 4.1248, -0.4035}, {-1.0108, 1.8257, 0.0084}, 0.01129},
    {{12.8944, -15.1112, -0.2233}, {1.0828, 0.8687, -0.0108}, 0.001724},
    {{15.3797, -25.9193, 0.1793}, {0.9791, 0.5947, -0.0348}, 0.002034},
};
static struct body bodies[BODIES];

static double distance_squared(const struct body *a, const struct body *b, double *apart) {
  double sum = 0;
  for (u32 axis = 0; axis < 3; axis++) {
    apart[axis] = a->at[axis] - b->at[axis];
    sum += apart[axis] * apart[axis];
  }
  return sum;
}

static void advance(double step) {
  double apart[3];
  for (u32 i = 0; i < BODIES; i++)
    for (u32 j = i + 1; j < BODIES; j++) {
      double squared = distance_squared(&bodies[i], &bodies[j], apart);
      double pull = step / (squared * __builtin_sqrt(squared));
      for (u32 axis = 0; axis < 3; axis++) {
        bodies[i].speed[axis] -= apart[axis] * bodies[j].mass * pull;
        bodies[j].speed[axis] += apart[axis] * bodies[i].mass * pull;
      }
    }
  for (u32 i = 0; i < BODIES; i++)
    for (u32 axis = 0; axis < 3; axis++) bodies[i].at[axis] += step * bodies[i].speed[axis];
}

static double energy(void) {
  double sum = 0, apart[3];
  for (u32 i = 0; i < BODIES; i++) {
    for (u32 axis = 0; axis < 3; axis++)
      sum += 0.5 * bodies[i].mass * bodies[i].speed[axis] * bodies[i].speed[axis];
    for (u32 j = i + 1; j < BODIES; j++)
      sum -= bodies[i].mass * bodies[j].mass / __builtin_sqrt(distance_squared(&bodies[i], &bodies[j], apart));
  }
  return sum;
}

static u32 bits_of(double value) {
  union {
    double value;
    u32 words[2];
  } same = {value};
  return mix(same.words[0], same.words[1]);
}

u32 nbody_turn(u32 number) {
  for (u32 i = 0; i < BODIES; i++) bodies[i] = beginning[i];
  bodies[1].at[2] += number * 0.001;
  double before = energy();
  for (u32 i = 0; i < STEPS; i++) advance(0.001);
  double lost = (energy() - before) / before;
  if (lost > 0.001 || lost < -0.001) failed("energy was lost");
  return mix(bits_of(bodies[1].at[0]), bits_of(bodies[4].speed[1]));
}

package io.headroom.peers;

/**
 * How engines are timed at one workload.
 *
 * @param rounds turns of every engine, each of one sample at least
 * @param warmUpMillis before the first round, for compilers, pools and allocators to settle; the
 *     run whose output was compared counts as part of it
 * @param turnWarmUpMillis before each turn, for caches and threads that the turn before has used
 * @param turnMillis how long an engine samples in its turn, unless a single sample takes longer
 */
record TimingPlan(int rounds, int warmUpMillis, int turnWarmUpMillis, int turnMillis) {}

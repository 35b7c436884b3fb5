package io.headroom.plan.time;

/**
 * The experts of a layer that tokens choose among.
 *
 * @param type of their numbers, as tables of kernels call it
 * @param inner width of one expert on all ranks together
 * @param choices of a token
 * @param experts of all ranks together
 */
record RoutedExperts(String type, long hidden, long inner, int choices, long experts) {}

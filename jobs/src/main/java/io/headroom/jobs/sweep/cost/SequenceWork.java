package io.headroom.jobs.sweep.cost;

/**
 * What measuring a cell on one sequence must do.
 *
 * @param outputTokens steps of decoding in one pass
 * @param prefill one prefill of the prompt
 * @param decode one step of decoding, in the middle of the output
 * @param decodePhase what such a step is: without a cache it is a prefill
 * @param numbers of the sequence's tensors, which are made first
 * @param comparedFlops operations of the reference engine, where the output is verified
 */
record SequenceWork(
    int outputTokens,
    Work prefill,
    Work decode,
    Phase decodePhase,
    double numbers,
    double comparedFlops) {}

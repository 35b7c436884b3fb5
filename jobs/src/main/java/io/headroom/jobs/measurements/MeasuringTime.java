package io.headroom.jobs.measurements;

/**
 * How much of the time of the slots that a sweep had went into measuring, as its manifest has it.
 *
 * @param slotSeconds slots times the seconds that each was there
 * @param measuringShare of the slots' time, 1 at most; 0 before anything was measured
 */
public record MeasuringTime(double measuringSeconds, double slotSeconds, double measuringShare) {}

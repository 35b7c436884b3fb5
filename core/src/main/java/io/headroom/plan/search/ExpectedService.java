package io.headroom.plan.search;

/**
 * What the closed form says of a fleet at some load.
 *
 * @param ttftP99Millis infinite where it cannot be said
 * @param tpotP99Millis the same
 * @param mostLoad the highest load that meets the levels, as a part of the rate that is asked for
 */
public record ExpectedService(double ttftP99Millis, double tpotP99Millis, double mostLoad) {}

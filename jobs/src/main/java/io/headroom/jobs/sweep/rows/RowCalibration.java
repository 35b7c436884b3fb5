package io.headroom.jobs.sweep.rows;

import java.io.Serializable;

/**
 * How quiet the host was around a shard.
 *
 * @param gflops that it gave just before
 * @param streamGbps that it gave just before
 * @param drift the larger relative change of the two until after the shard, a fraction
 * @param noisy whether that is more than a quiet host moves
 * @param attempt the number of the attempt whose row was kept, from 1
 */
public record RowCalibration(
    double gflops, double streamGbps, double drift, boolean noisy, int attempt)
    implements Serializable {}

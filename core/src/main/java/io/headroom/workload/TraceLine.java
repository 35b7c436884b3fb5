package io.headroom.workload;

/** What one line of a trace turned out to be. */
public sealed interface TraceLine permits TraceRequest, TraceSession, SkippedLine, BrokenLine {}

package io.headroom.workload;

/** What is known of a trace before it is read: one of the formats, or the names of its columns. */
public sealed interface TraceDescription permits TraceFormat, TraceColumns {}

package io.headroom.peers;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** One engine's turn. It runs in the process that holds the data, which all turns share. */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class AttentionTurn {
  private static volatile PreparedAttention next;

  /** Whose turn is next. */
  static void give(PreparedAttention attention) {
    next = attention;
  }

  /** The attention of this turn, set up on the thread that measures. */
  @State(Scope.Thread)
  public static class Turn {
    private PreparedAttention attention;

    @Setup
    public void begin() {
      attention = next;
      attention.beginTurn();
    }
  }

  @Benchmark
  public void attend(Turn turn) {
    turn.attention.run();
  }
}

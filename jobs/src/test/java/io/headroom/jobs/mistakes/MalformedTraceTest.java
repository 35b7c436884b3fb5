package io.headroom.jobs.mistakes;

import io.headroom.jobs.testkit.LocalSpark;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Malformed lines of traces, which Spark reads. */
class MalformedTraceTest {
  @RegisterExtension static final LocalSpark SPARK = new LocalSpark();

  @TempDir Path folder;

  static Stream<MalformedInput> inputs() {
    return MalformedTraces.lines();
  }

  @ParameterizedTest
  @MethodSource("inputs")
  void isOneLineAndDoesNoHarm(MalformedInput input) throws IOException {
    Harmless.check(input, folder);
  }
}

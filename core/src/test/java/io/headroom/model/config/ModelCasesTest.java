package io.headroom.model.config;

import static io.headroom.kvcache.KvPrecision.BF16;
import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.model.ModelSpec;
import io.headroom.testkit.SharedData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Configurations that people brought, beside what is right for each. */
class ModelCasesTest {
  private static final int TOKENS = 32_768;
  private static final Pattern PER_TOKEN = Pattern.compile("kv_bytes_per_token: (\\d+)");
  private static final Pattern PER_SEQUENCE = Pattern.compile("kv_bytes_per_sequence: (\\d+)");

  @TestFactory
  Stream<DynamicTest> casesAreRight() throws IOException {
    Path cases = SharedData.require("cases");
    List<Path> folders;
    try (Stream<Path> all = Files.list(cases)) {
      folders =
          all.filter(folder -> Files.exists(folder.resolve("expected.txt"))).sorted().toList();
    }
    List<DynamicTest> tests =
        folders.stream()
            .filter(folder -> PER_SEQUENCE.matcher(text(folder)).find())
            .map(
                folder ->
                    DynamicTest.dynamicTest(
                        folder.getFileName().toString(), () -> assertRight(folder)))
            .toList();
    assertThat(tests).hasSizeGreaterThan(15);
    return tests.stream();
  }

  private static void assertRight(Path folder) {
    ModelSpec model = ModelFile.read(folder);

    assertThat(model.kvBytesPerToken(BF16)).isEqualTo(number(PER_TOKEN, folder));
    assertThat(model.kvBytes(TOKENS, BF16)).isEqualTo(number(PER_SEQUENCE, folder));
  }

  private static long number(Pattern pattern, Path folder) {
    Matcher matcher = pattern.matcher(text(folder));
    assertThat(matcher.find()).isTrue();
    return Long.parseLong(matcher.group(1));
  }

  private static String text(Path folder) {
    try {
      return Files.readString(folder.resolve("expected.txt"));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}

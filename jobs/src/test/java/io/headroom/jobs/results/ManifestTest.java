package io.headroom.jobs.results;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headroom.UserException;
import io.headroom.host.Environment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Parts go into one JSON object and come out of it; what is wrong with one is a line. */
class ManifestTest {
  private static final Instant STARTED = Instant.parse("2026-01-02T03:04:05.678Z");

  /** A part as a command has it. */
  record Fit(double meanError, List<Point> points, String chosenBy) {}

  record Point(String name, Integer tokens) {}

  private static Manifest parse(String text) {
    try {
      return Manifest.parse("out/manifest.json", text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void whatWasWrittenIsRead() {
    RunState run =
        RunState.begun(ResultsKind.SWEEP, "name", "id", STARTED, null, 2)
            .at(STARTED.plusMillis(1_500), RunState.DONE);
    Provenance provenance =
        new Provenance(
            "1", "abc", "4", "local[1]", Environment.current(), Map.of("sweep", Map.of("a-b", 1)));
    Fit fit = new Fit(0.5, List.of(new Point("a", 7), new Point("b", null)), null);

    Manifest read = parse(Manifest.of(run, fit, provenance).toJson());

    assertThat(read.run()).isEqualTo(run);
    assertThat(read.run().wallSeconds()).isEqualTo(1.5);
    assertThat(read.provenance()).isEqualTo(provenance);
    assertThat(read.part(Fit.class)).contains(fit);
  }

  @Test
  void keysAreInSnakeCaseAndWhatIsNotSaidIsLeftOut() {
    String text =
        Manifest.of(RunState.begun(ResultsKind.SWEEP, "a", "id", STARTED, null, 2)).toJson();

    assertThat(text.lines().map(line -> line.strip().replaceFirst(" :.*", "")))
        .containsExactly(
            "{",
            "\"name\"",
            "\"kind\"",
            "\"state\"",
            "\"run_id\"",
            "\"started_at\"",
            "\"wall_seconds\"",
            "\"schema_version\"",
            "}");
  }

  @Test
  void whatNoPartHasIsPassedOver() {
    Manifest manifest = parse("{\"colour\": [1, {\"red\": 2}], \"state\": \"done\"}");

    assertThat(manifest.run().state()).isEqualTo("done");
    assertThat(manifest.run().name()).isEmpty();
    assertThat(manifest.provenance()).isEqualTo(Provenance.UNKNOWN);
    assertThat(manifest.part(Fit.class)).isEmpty();
  }

  @Test
  void noTwoPartsHaveOneKey() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Manifest.of(new Point("a", 1), new Point("b", 2)))
        .withMessage("two parts have the key name");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{ \"name\": ", "[]", "7", "null", "<html>"})
  void whatIsNoJsonObjectIsNamed(String text) {
    assertThatThrownBy(() -> parse(text).run())
        .isInstanceOf(UserException.class)
        .message()
        .startsWith("out/manifest.json: not JSON: ")
        .hasLineCount(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {'mean_error': 'much'}                               | mean_error = "much"       | a number
          {'mean_error': '0.5'}                                | mean_error = "0.5"        | a number
          {'mean_error': null, 'chosen_by': 'a'}               | mean_error = null         | a number
          {'chosen_by': 'a'}                                   | mean_error = missing      | a number
          {'mean_error': 1, 'points': 7}                       | points = 7                | a list
          {'mean_error': 1, 'points': [{}, {'tokens': 1.5}]}   | points[1].tokens = 1.5    | a number
          {'mean_error': 1, 'points': [{}, 'b']}               | points[1] = "b"           | an object
          {'mean_error': 1, 'chosen_by': {'a': 1}}             | chosen_by = {"a":1}       | text
          """)
  void aValueThatDoesNotFitIsNamed(String text, String shown, String allowed) {
    Manifest manifest = parse(text.replace("'", "\""));

    assertThatThrownBy(() -> manifest.part(Fit.class))
        .isInstanceOf(UserException.class)
        .hasMessage("out/manifest.json: %s; allowed: %s", shown, allowed);
  }
}

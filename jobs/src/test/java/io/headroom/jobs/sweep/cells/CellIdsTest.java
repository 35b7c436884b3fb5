package io.headroom.jobs.sweep.cells;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.Fingerprint;
import io.headroom.jobs.settings.KvHeads;
import io.headroom.jobs.settings.SettingsFile;
import io.headroom.jobs.settings.Window;
import io.headroom.jobs.sweep.settings.SweepSettings;
import io.headroom.jobs.sweep.settings.SweepSettingsReader;
import io.headroom.jobs.testkit.ScratchSweep;
import io.headroom.kvcache.KvPrecision;
import io.headroom.model.ModelIdentity;
import io.headroom.model.ModelSpec;
import io.headroom.model.config.ModelCatalogue;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ids outlive the version that wrote them: what is hashed is written out here, and so are hashes. A
 * failing test means that results can no longer be resumed.
 */
class CellIdsTest {
  private static final CellIds VERSION_1 = CellIds.ofVersion(1).orElseThrow();
  private static final CellIds VERSION_2 = CellIds.ofVersion(2).orElseThrow();
  private static final ModelCatalogue CATALOGUE = Sweeps.catalogue();
  private static final Window WINDOW = new Window(64, 4);

  @TempDir Path folder;

  @Test
  void newFoldersHaveTheNewestRule() {
    assertThat(CellIds.current().version()).isEqualTo(2);
    assertThat(CellIds.all()).extracting(CellIds::version).containsExactly(2, 1);
    assertThat(CellIds.ofVersion(3)).isEmpty();
  }

  @Test
  void theTextOfACellIsKnown() {
    Cell cell =
        new Cell(
            model("qwen2-0.5b"), KvPrecision.INT8, Window.NONE, true, "vector", 2, 3, 1, 4, 42);
    String model = ModelIdentity.ofAttention(cell.model());

    assertThat(CellIdsOfVersion2.text(cell, model))
        .hasToString(
            """
            headroom cell, version 2
            contention_copies=3
            context_shards=1
            engine=vector
            kv_cache=on
            kv_precision=int8
            measured_layers=4
            model=a0a369fdbb46d1639328db13567543ea
            seed=42
            threads=2
            """);
    assertThat(VERSION_2.of(cell))
        .isEqualTo(CellIdsOfVersion2.text(cell, model).fingerprint(8))
        .isEqualTo("0541f813e37a2a17");
  }

  @Test
  void theIdsOfCellsAreKnown() {
    assertThat(
            Stream.of(
                cell(model("qwen2-0.5b"), KvPrecision.F32),
                cell(model("qwen2-0.5b").asMqa(), KvPrecision.INT8),
                new Cell(
                    model("llama-2-7b").withWindow(64, 4),
                    KvPrecision.BF16,
                    WINDOW,
                    true,
                    "nd4j",
                    2,
                    1,
                    1,
                    1,
                    42),
                cell(model("deepseek-v2-lite"), KvPrecision.F16),
                cell(model("qwen3-next-80b-a3b"), KvPrecision.INT4),
                cell(model("gemma-3-4b"), KvPrecision.F32),
                new Cell(
                    model("qwen2-0.5b"),
                    KvPrecision.F32,
                    Window.NONE,
                    false,
                    "reference",
                    1,
                    2,
                    1,
                    3,
                    -7)))
        .extracting(VERSION_2::of)
        .containsExactly(
            "9eec367c31b3d405",
            "69960eb7938c2110",
            "faa8b51495e1e452",
            "3d33a577b31d3d09",
            "fa8d0a8a538fa01e",
            "f1a74d1d16a1c567",
            "29871b5d774dffed");
  }

  @Test
  void theIdOfWhatCannotBeBuiltIsKnown() {
    assertThat(VERSION_2.ofUnbuildable("0123456789abcdef", new KvHeads.Count(7)))
        .isEqualTo("3ef2007444a14b7f");
    assertThat(VERSION_2.ofUnbuildable("0123456789abcdef", new KvHeads.Count(5)))
        .isNotEqualTo(VERSION_2.ofUnbuildable("0123456789abcdef", new KvHeads.Count(7)));
  }

  @Test
  void everythingThatDecidesTheResultIsInTheId() {
    ModelSpec qwen = model("qwen2-0.5b");
    for (CellIds ids : CellIds.all()) {
      assertThat(
              Stream.of(
                  cell(qwen, KvPrecision.F32),
                  cell(model("tinyllama-1.1b"), KvPrecision.F32),
                  cell(qwen.asMqa(), KvPrecision.F32),
                  cell(qwen.withWindow(64, 4), KvPrecision.F32),
                  cell(qwen, KvPrecision.F16),
                  new Cell(qwen, KvPrecision.F32, Window.NONE, false, "vector", 1, 1, 1, 1, 42),
                  new Cell(qwen, KvPrecision.F32, Window.NONE, true, "nd4j", 1, 1, 1, 1, 42),
                  new Cell(qwen, KvPrecision.F32, Window.NONE, true, "vector", 2, 1, 1, 1, 42),
                  new Cell(qwen, KvPrecision.F32, Window.NONE, true, "vector", 1, 2, 1, 1, 42),
                  new Cell(qwen, KvPrecision.F32, Window.NONE, true, "vector", 1, 1, 2, 1, 42),
                  new Cell(qwen, KvPrecision.F32, Window.NONE, true, "vector", 1, 1, 1, 2, 42),
                  new Cell(qwen, KvPrecision.F32, Window.NONE, true, "vector", 1, 1, 1, 1, 43)))
          .extracting(ids::of)
          .doesNotHaveDuplicates()
          .allMatch(id -> id.matches("[0-9a-f]{16}"));
    }
  }

  /** The configuration's window is in the layers as far as they feel it. */
  @Test
  void theWindowOfTheConfigurationIsNot() {
    ModelSpec qwen = model("qwen2-0.5b");
    Cell windowed = new Cell(qwen, KvPrecision.F32, WINDOW, true, "vector", 1, 1, 1, 1, 42);

    assertThat(VERSION_2.of(windowed)).isEqualTo(VERSION_2.of(cell(qwen, KvPrecision.F32)));
  }

  @Test
  void theNameOfAModelIsInTheFirstRuleAlone() {
    Cell cell = cell(model("qwen2-0.5b"), KvPrecision.F32);
    Cell other = cell(model("qwen2-0.5b").withName("other"), KvPrecision.F32);

    assertThat(VERSION_2.of(other)).isEqualTo(VERSION_2.of(cell));
    assertThat(VERSION_1.of(other)).isNotEqualTo(VERSION_1.of(cell));
  }

  /** Whoever adds a component decides here whether it tells cells or sweeps apart. */
  @Test
  void whatCellsAndSettingsHaveIsKnown() {
    assertThat(components(Cell.class))
        .containsExactly(
            "model",
            "precision",
            "window",
            "kvCache",
            "engine",
            "threads",
            "contention",
            "contextShards",
            "layers",
            "seed");
    assertThat(components(SweepSettings.class))
        .containsExactly(
            "name",
            "seed",
            "models",
            "assumePlain",
            "kvHeads",
            "sequences",
            "decodeTokens",
            "kvPrecisions",
            "windows",
            "kvCache",
            "engines",
            "threads",
            "contention",
            "contextShards",
            "layers",
            "minSamples",
            "maxSecondsPerCell",
            "noisyRepeats",
            "timeLimitSeconds",
            "verifySample",
            "waveSeconds");
  }

  @Test
  void theTextOfASweepIsKnown() {
    SweepPlan plan =
        plan(
            VERSION_2,
            "models = [qwen2-0.5b], kv-heads = [7], sequences { lengths = [3, 6], count = 2 }");

    assertThat(CellIdsOfVersion2.text(plan))
        .hasToString(
            """
            headroom sweep, version 2
            cells=4924478c4f8fff4325937a2d8c60bc3e
            decode_tokens=16
            least_samples=11
            model.0001=qwen2-0.5b
            most_seconds_per_cell=0x1.4p4
            noisy_repeats=2
            sequences=listed
            sequences.each=2
            sequences.prompt_tokens=3 6
            unbuildable_cells=e3b0c44298fc1c149afbf4c8996fb924
            verified_fraction=0x1.999999999999ap-5
            """);
    assertThat(plan.fingerprint()).isEqualTo("cf41d76855865392cdcc531c77c1e73a");
  }

  @Test
  void theFingerprintsOfSweepsAreKnown() {
    assertThat(fingerprints(VERSION_2))
        .containsExactly(
            "cf41d76855865392cdcc531c77c1e73a",
            "d25c92a98489fa363224d83784f1ea63",
            "15f02f1cea145135d7e160a200c65dc5",
            "eaa0945ae0ec584bfffba30f94950491",
            "247f12be193101d08b5c83e9a50dd846",
            "e7c984f10274b2a6bac2493d7574fdab");
  }

  /** As the first version had them. */
  @Test
  void theFingerprintsOfTheFirstVersionAreKept() {
    assertThat(fingerprints(VERSION_1))
        .containsExactly(
            "7638efbdc6549723cf0cb7d2b6847d29",
            "312dab61c62daf210db1beab5f531478",
            "a5ccb4d1e5e8637250e705e2a3f40db3",
            "a2255cf1c14842ba25a88d326656b5b8",
            "2b1e554ca7d06429da31d3fe0d47dc1d",
            "d902749557c16c80fd982d0e1c0e0f31");
  }

  /** All models of the catalogue then, of which the first version told these ids. */
  @Test
  void theIdsOfTheFirstVersionAreKept() {
    SweepPlan plan =
        plan(
            VERSION_1,
            """
            models = [codellama-34b, deepseek-v2-lite, deepseek-v3, falcon-40b, falcon-7b,
                      gemma-2-27b, gemma-2-9b, gemma-3-12b, gemma-3-27b, gemma-3-4b,
                      gemma-4-26b-a4b, gpt-oss-120b, gpt-oss-20b, gpt2, kimi-k2, llama-2-13b,
                      llama-2-70b, llama-2-7b, llama-3.1-405b, llama-3.1-70b, llama-3.1-8b,
                      llama-3.2-3b, llama-3.3-70b, mistral-7b, mistral-nemo, mixtral-8x7b,
                      phi-3-mini, phi-4, qwen2-0.5b, qwen2-7b, qwen2.5-0.5b, qwen2.5-14b,
                      qwen2.5-32b, qwen2.5-3b, qwen2.5-72b, qwen2.5-7b, qwen3-0.6b, qwen3-14b,
                      qwen3-30b-a3b, qwen3-32b, qwen3-4b, qwen3-8b, qwen3-next-80b-a3b,
                      qwen3.5-397b-a17b, starcoder, tinyllama-1.1b, yi-34b]
            kv-heads = [model, mha, mqa, 4]
            sequences { lengths = [4] }
            kv-precisions = [f32, f16, bf16, int8, int4]
            windows = [none, { size = 64, sinks = 4 }]
            kv-cache = [on, off]
            engines = [vector, reference]
            threads = [1, 2]
            contention = [1, 3]
            """);

    assertThat(plan.cells().cells()).hasSize(27_840);
    assertThat(hash(plan.cells().cells().keySet().stream()))
        .isEqualTo("a2fe7d08ec7d79583a5b6307c73aef99");
    assertThat(plan.cells().unbuildable()).hasSize(480);
    assertThat(hash(plan.cells().unbuildable().stream().map(UnbuildableCell::id)))
        .isEqualTo("b2b83a57cc73717ea5196cd6f3917eb2");
    assertThat(plan.fingerprint()).isEqualTo("2a49f56640b7c5522f239836507be447");
  }

  /** What is read as another column, or in another unit, is another sweep. */
  @Test
  void theColumnsOfATraceAreInTheFingerprint() {
    List<String> bodies =
        Stream.of(
                "",
                ", format = azure",
                ", columns { prompt = a, output = b }",
                ", columns { prompt = b, output = a }",
                ", columns { prompt = a, output = b, arrival = c, unit = s }",
                ", columns { prompt = a, output = b, arrival = c, unit = ms }")
            .map(
                trace ->
                    "models = [qwen2-0.5b], sequences { trace = \"hdfs://node/requests.csv\"%s }"
                        .formatted(trace))
            .toList();

    for (CellIds ids : List.of(VERSION_1, VERSION_2)) {
      assertThat(bodies.stream().map(body -> plan(ids, body).fingerprint()))
          .doesNotHaveDuplicates();
    }
  }

  private static String hash(Stream<String> ids) {
    return Fingerprint.of(ids.collect(Collectors.joining("\n")), 16);
  }

  /** Lists, distributions, traces, and what cannot be built. */
  private List<String> fingerprints(CellIds ids) {
    return Stream.of(
            "models = [qwen2-0.5b], kv-heads = [7], sequences { lengths = [3, 6], count = 2 }",
            """
            models = [qwen2-0.5b]
            sequences { lognormal { mean = 1155, p50 = 1020, max = 14050 }, count = 200 }
            measure { max-seconds-per-cell = 0.05, min-samples = 3, noisy-repeats = 0 }
            verify { sample = 0.3 }
            """,
            "models = [qwen2-0.5b], sequences { uniform { min = 16, max = 4096 }, count = 5 }",
            """
            models = [qwen2-0.5b]
            sequences { trace = "hdfs://node/requests.csv", format = azure, sample = 200 }
            decode-tokens = trace
            """,
            """
            models = [qwen2-0.5b], sequences { trace = "hdfs://node/requests.csv" }
            """,
            """
            models = [qwen2-0.5b, tinyllama-1.1b], kv-heads = [7], sequences { lengths = [4] }
            """)
        .map(body -> plan(ids, body).fingerprint())
        .toList();
  }

  private SweepPlan plan(CellIds ids, String body) {
    ScratchSweep sweep = ScratchSweep.of(folder, body);
    SettingsFile file = SettingsFile.read(sweep.conf(), SweepSettings.DEFAULTS, List.of());
    SweepSettings settings = SweepSettingsReader.read(file);
    return SweepPlan.of(
        settings, file, ids, settings.models().stream().map(CATALOGUE::locate).toList());
  }

  private static ModelSpec model(String name) {
    return CATALOGUE.find(name);
  }

  private static Cell cell(ModelSpec model, KvPrecision precision) {
    return Sweeps.cell(model, precision);
  }

  private static List<String> components(Class<? extends Record> type) {
    return Arrays.stream(type.getRecordComponents()).map(RecordComponent::getName).toList();
  }
}

package io.headroom.jobs.sweep.executor;

import static org.assertj.core.api.Assertions.assertThat;

import io.headroom.engines.AttentionEngines;
import io.headroom.jobs.measurements.HistogramMerge;
import io.headroom.jobs.settings.Window;
import io.headroom.jobs.sweep.cells.Cell;
import io.headroom.jobs.sweep.cells.CellIds;
import io.headroom.jobs.sweep.cells.Shard;
import io.headroom.jobs.sweep.cells.Sweeps;
import io.headroom.jobs.sweep.rows.MadeUpRows;
import io.headroom.jobs.sweep.rows.MeasuredRow;
import io.headroom.jobs.sweep.rows.ShardResult;
import io.headroom.jobs.workload.Sequence;
import io.headroom.kvcache.KvPrecision;
import io.headroom.model.GroupedHeads;
import io.headroom.model.HeadLayout;
import io.headroom.model.LatentHeads;
import io.headroom.model.ModelSpec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What travels to executors arrives as it was sent, and is small. */
class SerializationTest {
  /** Specs travel, never tensors. */
  private static final int MOST_BYTES_OF_A_SHARD = 64 << 10;

  static List<String> models() {
    return Sweeps.models();
  }

  @ParameterizedTest
  @MethodSource("models")
  void shardsOfEveryModelArrive(String name) throws Exception {
    ModelSpec model = Sweeps.catalogue().find(name);
    Cell cell =
        new Cell(
            model.withWindow(64, 4),
            KvPrecision.INT8,
            new Window(64, 4),
            true,
            "vector",
            2,
            1,
            1,
            3,
            7);
    Shard shard =
        new Shard(
            cell,
            CellIds.current().of(cell),
            List.of(new Sequence(0, 5, 1), new Sequence(1, 9, 0)),
            Sweeps.MEASURE,
            123);

    Shard arrived = copy(shard);

    assertThat(arrived).isEqualTo(shard);
    assertThat(CellIds.current().of(arrived.cell())).isEqualTo(shard.cellId());
    assertThat(bytes(shard).length).isLessThan(MOST_BYTES_OF_A_SHARD);
  }

  @Test
  void everyHeadLayoutArrives() throws Exception {
    List<HeadLayout> layouts =
        List.of(new GroupedHeads(8, 2, 64, 32), new LatentHeads(16, 512, 64, 128, 128));

    assertThat(Arrays.stream(HeadLayout.class.getPermittedSubclasses()))
        .containsExactlyInAnyOrderElementsOf(
            layouts.stream().<Class<?>>map(Object::getClass).toList());
    for (HeadLayout layout : layouts) {
      assertThat(copy(layout)).isEqualTo(layout);
    }
  }

  @Test
  void theTaskArrives() throws Exception {
    assertThat(copy(new MeasurePack(AttentionEngines::create))).isInstanceOf(MeasurePack.class);
    assertThat(copy(new HistogramMerge())).isInstanceOf(HistogramMerge.class);
  }

  @Test
  void whatWasMeasuredComesBack() throws Exception {
    Cell cell = Sweeps.cell(Sweeps.qwen(), KvPrecision.INT8);
    MeasuredRow measured = MadeUpRows.wrong(cell, new Sequence(3, 5, 1), 70);
    MeasuredRow failed = MadeUpRows.failed(cell, new Sequence(4, 5, 1), "broken");
    ShardResult result = new ShardResult(List.of(measured, failed), 9);

    assertThat(copy(result)).isEqualTo(result);
  }

  private static byte[] bytes(Object object) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(object);
    }
    return bytes.toByteArray();
  }

  @SuppressWarnings("unchecked")
  private static <T> T copy(T object) throws IOException, ClassNotFoundException {
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes(object)))) {
      return (T) in.readObject();
    }
  }
}

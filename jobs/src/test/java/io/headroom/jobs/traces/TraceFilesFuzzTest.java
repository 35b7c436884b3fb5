package io.headroom.jobs.traces;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import io.headroom.UserException;
import io.headroom.testkit.Fuzz;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configurable;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.io.LongWritable;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.io.compress.BZip2Codec;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.GzipCodec;
import org.apache.hadoop.mapreduce.RecordReader;
import org.apache.hadoop.mapreduce.TaskAttemptID;
import org.apache.hadoop.mapreduce.lib.input.FileSplit;
import org.apache.hadoop.mapreduce.task.TaskAttemptContextImpl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a file holds, compressed or not, its lines are read or it is the user's mistake. */
class TraceFilesFuzzTest {
  private static final Configuration HADOOP = new Configuration();
  private static final String AZURE =
      "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46.6805900,374,44\n".repeat(3);

  @TempDir Path folder;

  @Test
  void plainFiles() {
    fuzz("a.csv", List.of(AZURE.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void compressedFiles() throws IOException {
    fuzz(
        "a.csv.packed",
        List.of(
            compressed(new GzipCodec()),
            compressed(new BZip2Codec()),
            Zstd.compress(AZURE.getBytes(StandardCharsets.UTF_8))));
  }

  private void fuzz(String name, List<byte[]> valid) {
    Path file = folder.resolve(name);

    long inputs =
        Fuzz.run(
            valid,
            List.of("BZh9", "\u001f\u008b", "PAR1", "ContextTokens,"),
            256L << 20,
            input -> {
              Files.write(file, input);
              TraceBeginning beginning =
                  TraceBeginning.read(file.toString(), Optional.empty(), HADOOP);
              readLines(file, beginning.file().storage());
            });

    assertThat(inputs).isPositive();
  }

  /** As an executor does, which passes on what cannot be read as an {@link IOException}. */
  private static void readLines(Path file, TraceStorage storage) throws InterruptedException {
    org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(file.toString());
    if (storage.isColumnar()) {
      return;
    }
    Configuration job = new Configuration(HADOOP);
    BoundedLines.setStorage(job, storage);
    TaskAttemptContextImpl context = new TaskAttemptContextImpl(job, new TaskAttemptID());
    FileSplit split = new FileSplit(path, 0, file.toFile().length(), new String[0]);
    try (RecordReader<LongWritable, Text> lines =
        new BoundedLines().createRecordReader(split, context)) {
      lines.initialize(split, context);
      while (lines.nextKeyValue()) {
        assertThat(lines.getCurrentValue().getLength())
            .isLessThanOrEqualTo(BoundedLines.MOST_LINE_BYTES);
      }
    } catch (IOException e) {
      throw new UserException(file + ": " + e.getMessage(), e);
    }
  }

  private static byte[] compressed(CompressionCodec codec) throws IOException {
    ((Configurable) codec).setConf(HADOOP);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = codec.createOutputStream(bytes)) {
      out.write(AZURE.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }
}

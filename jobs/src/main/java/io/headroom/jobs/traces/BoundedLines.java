package io.headroom.jobs.traces;

import java.io.IOException;
import java.io.InputStream;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.LongWritable;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;
import org.apache.hadoop.mapreduce.InputSplit;
import org.apache.hadoop.mapreduce.JobContext;
import org.apache.hadoop.mapreduce.RecordReader;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.hadoop.mapreduce.lib.input.FileInputFormat;
import org.apache.hadoop.mapreduce.lib.input.FileSplit;
import org.apache.hadoop.util.LineReader;

/**
 * The lines of text files, each with the start of the block that it was read in. As Hadoop's own
 * text format, but for lines that are too long: a file of little size may hold, compressed, a line
 * that fills any memory, which that format takes whole or leaves out unseen.
 */
public final class BoundedLines extends FileInputFormat<LongWritable, Text> {
  /** Mooncake's longest lines have some tens of thousands. */
  static final int MOST_LINE_BYTES = 16 << 20;

  /**
   * What a file holds, of which no decompressor throws anything but an {@link IOException}.
   *
   * @param codec null for plain text
   */
  static InputStream decompressed(InputStream bytes, CompressionCodec codec) throws IOException {
    return codec == null ? bytes : new Decompressed(codec, bytes);
  }

  private static final class Decompressed extends InputStream {
    private final InputStream text;

    Decompressed(CompressionCodec codec, InputStream bytes) throws IOException {
      try {
        this.text = codec.createInputStream(bytes);
      } catch (RuntimeException e) {
        throw broken(e);
      }
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      int count = read(one, 0, 1);
      return count < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
      try {
        return text.read(into, from, length);
      } catch (RuntimeException e) {
        throw broken(e);
      }
    }

    @Override
    public void close() throws IOException {
      text.close();
    }

    private static IOException broken(RuntimeException e) {
      return new IOException("compressed data are broken: " + e, e);
    }
  }

  @Override
  protected boolean isSplitable(JobContext context, Path file) {
    return new CompressionCodecFactory(context.getConfiguration()).getCodec(file) == null;
  }

  @Override
  public RecordReader<LongWritable, Text> createRecordReader(
      InputSplit split, TaskAttemptContext context) {
    return new Lines();
  }

  /**
   * Of a block come the lines that begin in it, and the one that begins right behind it: the next
   * block leaves out its first line, the rest of one that began before.
   */
  private static final class Lines extends RecordReader<LongWritable, Text> {
    private final Text line = new Text();
    private LongWritable blockStart;
    private LineReader reader;
    private FSDataInputStream file;
    private long start;
    private long end;
    private long position;
    private boolean compressed;

    @Override
    public void initialize(InputSplit split, TaskAttemptContext context) throws IOException {
      FileSplit block = (FileSplit) split;
      Path path = block.getPath();
      start = block.getStart();
      end = start + block.getLength();
      position = start;
      blockStart = new LongWritable(start);
      file = path.getFileSystem(context.getConfiguration()).open(path);
      CompressionCodec codec =
          new CompressionCodecFactory(context.getConfiguration()).getCodec(path);
      compressed = codec != null;
      file.seek(start);
      reader = new LineReader(decompressed(file, codec), context.getConfiguration());
      if (start > 0) {
        position += reader.readLine(new Text(), 0, Integer.MAX_VALUE);
      }
    }

    @Override
    public boolean nextKeyValue() throws IOException {
      if (!compressed && position > end) {
        return false;
      }
      int bytes = reader.readLine(line, MOST_LINE_BYTES + 1, MOST_LINE_BYTES + 1);
      position += bytes;
      if (line.getLength() > MOST_LINE_BYTES) {
        throw new IOException("a line of more than %d bytes".formatted(MOST_LINE_BYTES));
      }
      return bytes > 0;
    }

    @Override
    public LongWritable getCurrentKey() {
      return blockStart;
    }

    @Override
    public Text getCurrentValue() {
      return line;
    }

    @Override
    public float getProgress() {
      return compressed || end == start
          ? 0
          : Math.min(1, (position - start) / (float) (end - start));
    }

    @Override
    public void close() throws IOException {
      if (reader != null) {
        reader.close();
      }
    }
  }
}

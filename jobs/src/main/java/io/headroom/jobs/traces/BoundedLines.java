package io.headroom.jobs.traces;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.LongWritable;
import org.apache.hadoop.io.Text;
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

  private static final String STORAGE = "headroom.trace.storage";

  /** Says how the files of a job are stored, which their names need not tell. */
  static void setStorage(Configuration job, TraceStorage storage) {
    job.setEnum(STORAGE, storage);
  }

  private static TraceStorage storage(Configuration job) {
    return job.getEnum(STORAGE, TraceStorage.TEXT);
  }

  @Override
  protected boolean isSplitable(JobContext context, Path file) {
    return storage(context.getConfiguration()).isSplitable();
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
      TraceStorage storage = storage(context.getConfiguration());
      compressed = !storage.isSplitable();
      file.seek(start);
      reader =
          new LineReader(
              storage.text(file, context.getConfiguration()), context.getConfiguration());
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

package io.headroom.jobs.testkit;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsAction;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.security.AccessControlException;
import org.apache.hadoop.util.Progressable;

/** This machine's files under the scheme {@code full}, with as much space as a test leaves. */
public final class FullDiskFileSystem extends LocalFileSystem {
  private static final URI NAME = URI.create("full:///");
  private static final AtomicLong FREE_BYTES = new AtomicLong(Long.MAX_VALUE);

  public FullDiskFileSystem() {
    super(new Raw());
  }

  public static void leave(long bytes) {
    FREE_BYTES.set(bytes);
  }

  /** Bytes written since so many were left. */
  public static long usedOf(long left) {
    return left - FREE_BYTES.get();
  }

  @Override
  public String getScheme() {
    return NAME.getScheme();
  }

  /** The superclass asks the platform, which knows the scheme {@code file} only. */
  @Override
  public void access(Path path, FsAction mode) throws IOException {
    if (!Files.isWritable(pathToFile(path).toPath())) {
      throw new AccessControlException("not writable: " + path);
    }
  }

  private static final class Raw extends RawLocalFileSystem {
    @Override
    public URI getUri() {
      return NAME;
    }

    @Override
    public FSDataOutputStream create(
        Path path,
        boolean overwrite,
        int bufferSize,
        short replication,
        long blockSize,
        Progressable progress)
        throws IOException {
      return limited(super.create(path, overwrite, bufferSize, replication, blockSize, progress));
    }

    @Override
    public FSDataOutputStream create(
        Path path,
        FsPermission permission,
        boolean overwrite,
        int bufferSize,
        short replication,
        long blockSize,
        Progressable progress)
        throws IOException {
      return limited(
          super.create(path, permission, overwrite, bufferSize, replication, blockSize, progress));
    }

    @Override
    public FSDataOutputStream createNonRecursive(
        Path path,
        FsPermission permission,
        boolean overwrite,
        int bufferSize,
        short replication,
        long blockSize,
        Progressable progress)
        throws IOException {
      return limited(
          super.createNonRecursive(
              path, permission, overwrite, bufferSize, replication, blockSize, progress));
    }

    private static FSDataOutputStream limited(OutputStream out) throws IOException {
      if (out instanceof Limited limited) {
        return limited;
      }
      return new Limited(new Metered(out));
    }
  }

  private static final class Limited extends FSDataOutputStream {
    Limited(OutputStream out) throws IOException {
      super(out, null);
    }
  }

  private static final class Metered extends FilterOutputStream {
    Metered(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int value) throws IOException {
      take(1);
      out.write(value);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      take(length);
      out.write(bytes, offset, length);
    }

    private static void take(long bytes) throws IOException {
      if (FREE_BYTES.addAndGet(-bytes) < 0) {
        throw new IOException("No space left on device");
      }
    }
  }
}

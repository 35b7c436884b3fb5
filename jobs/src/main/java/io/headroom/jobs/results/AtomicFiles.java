package io.headroom.jobs.results;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;

/**
 * Files that appear and change as a whole on any file system that Hadoop knows. Where renaming onto
 * a file is one step, on this machine and on HDFS, whoever reads sees the old content or the new.
 * Elsewhere the old file may be gone for a moment; a process killed in that moment leaves the new
 * one under a hidden name, and {@link #finishReplacements} puts it in its place.
 */
public final class AtomicFiles {
  private static final String NEXT = ".next";

  private final FileSystem files;

  public AtomicFiles(FileSystem files) {
    this.files = files;
  }

  /** Puts a complete file in the place of another, or where none is. Its folder must exist. */
  void replace(Path complete, Path target) throws IOException {
    Path next = next(target);
    move(complete, next);
    move(next, target);
  }

  /** Where the new content lies before it takes the place of the old. */
  static Path next(Path target) {
    return new Path(target.getParent(), "." + target.getName() + NEXT);
  }

  /** Ends what a killed process had begun in the folder: what is complete takes its place. */
  public void finishReplacements(Path folder) throws IOException {
    for (FileStatus status : files.listStatus(folder)) {
      String name = status.getPath().getName();
      if (name.startsWith(".") && name.endsWith(NEXT)) {
        String target = name.substring(1, name.length() - NEXT.length());
        move(status.getPath(), new Path(folder, target));
      }
    }
  }

  /** Replaces a text file. Its folder must exist. */
  public void write(Path target, String text) throws IOException {
    Path temporary = new Path(target.getParent(), "." + target.getName() + ".tmp");
    try {
      write(files.createFile(temporary).overwrite(true).build(), text);
      replace(temporary, target);
    } catch (IOException e) {
      files.delete(temporary, false);
      throw e;
    }
  }

  /**
   * Makes a text file where none is. Of several that try, one succeeds.
   *
   * @return false if there is such a file already
   */
  boolean createNew(Path path, String text) throws IOException {
    OutputStream out;
    try {
      out =
          files instanceof LocalFileSystem local
              ? Files.newOutputStream(nio(local, path), StandardOpenOption.CREATE_NEW)
              : files.createFile(path).overwrite(false).build();
    } catch (java.nio.file.FileAlreadyExistsException | FileAlreadyExistsException e) {
      return false;
    }
    try {
      write(out, text);
      return true;
    } catch (IOException e) {
      files.delete(path, false);
      throw e;
    }
  }

  private static void write(OutputStream opened, String text) throws IOException {
    try (OutputStream out = opened) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Gives a file another name; what has that name is replaced. */
  void move(Path from, Path to) throws IOException {
    if (files instanceof LocalFileSystem local) {
      moveHere(local, from, to);
      return;
    }
    FileContext.getFileContext(files.getUri(), files.getConf())
        .rename(from, to, Options.Rename.OVERWRITE);
  }

  /**
   * Hadoop's own rename of a local file is several steps, and moves a checksum file after it. What
   * is moved here has none, so that no moment has new data and an old checksum.
   */
  private static void moveHere(LocalFileSystem local, Path from, Path to) throws IOException {
    java.nio.file.Path source = nio(local, from);
    try {
      try (FileChannel written = FileChannel.open(source, StandardOpenOption.WRITE)) {
        written.force(true);
      }
      Files.deleteIfExists(nio(local, local.getChecksumFile(from)));
      Files.deleteIfExists(nio(local, local.getChecksumFile(to)));
      Files.move(source, nio(local, to), StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      throw new IOException(FilePaths.reason(e), e);
    }
  }

  private static java.nio.file.Path nio(LocalFileSystem local, Path path) {
    return local.pathToFile(path).toPath();
  }
}

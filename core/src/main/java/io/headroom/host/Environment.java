package io.headroom.host;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * The machine and the virtual machine that a measurement ran on.
 *
 * @param processor its name, or the architecture where the platform tells no name
 * @param processors how many the virtual machine may use
 * @param maxHeapBytes the largest heap it may grow
 * @param memoryBytes of the machine, or of the container that it is; null where that is not told
 * @param lastLevelCacheBytes that the first processor shares with others; null where that is not
 *     told
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Environment(
    String javaVersion,
    String javaVendor,
    String operatingSystem,
    String processor,
    int processors,
    long maxHeapBytes,
    Long memoryBytes,
    Long lastLevelCacheBytes) {

  public static Environment current() {
    Runtime runtime = Runtime.getRuntime();
    return new Environment(
        System.getProperty("java.vm.version"),
        System.getProperty("java.vm.vendor"),
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        processorName(),
        runtime.availableProcessors(),
        runtime.maxMemory(),
        machineMemoryBytes(),
        lastLevelCacheBytes(Path.of("/sys/devices/system/cpu/cpu0/cache")));
  }

  private static Long machineMemoryBytes() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getTotalMemorySize()
        : null;
  }

  /**
   * Of the caches that Linux lists of a processor, that of the highest level.
   *
   * @return null if there is no such list, or it says no size
   */
  static Long lastLevelCacheBytes(Path caches) {
    long highest = 0;
    Long bytes = null;
    try (DirectoryStream<Path> found = Files.newDirectoryStream(caches, "index*")) {
      for (Path cache : found) {
        long level = Long.parseLong(Files.readString(cache.resolve("level")).strip());
        if (level > highest) {
          highest = level;
          bytes = kibibytes(Files.readString(cache.resolve("size")).strip());
        }
      }
    } catch (IOException | NumberFormatException e) {
      return null;
    }
    return bytes;
  }

  /** Such as {@code 32768K}. */
  private static long kibibytes(String size) {
    return Long.parseLong(size.replace("K", "")) << 10;
  }

  /** The machine's name, or {@code localhost} where it has none. */
  public static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }

  private static String processorName() {
    Path cpuInfo = Path.of("/proc/cpuinfo");
    if (Files.isReadable(cpuInfo)) {
      try (Stream<String> lines = Files.lines(cpuInfo)) {
        return lines
            .filter(line -> line.startsWith("model name"))
            .findFirst()
            .map(line -> line.substring(line.indexOf(':') + 1).strip())
            .orElse(System.getProperty("os.arch"));
      } catch (IOException e) {
        return System.getProperty("os.arch");
      }
    }
    return System.getProperty("os.arch");
  }
}

package io.headroom.host;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * The machine and the virtual machine that a measurement ran on.
 *
 * @param processor its name, or the architecture where the platform tells no name
 * @param processors how many the virtual machine may use
 * @param maxHeapBytes the largest heap it may grow
 */
public record Environment(
    String javaVersion,
    String javaVendor,
    String operatingSystem,
    String processor,
    int processors,
    long maxHeapBytes) {

  public static Environment current() {
    Runtime runtime = Runtime.getRuntime();
    return new Environment(
        System.getProperty("java.vm.version"),
        System.getProperty("java.vm.vendor"),
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        processorName(),
        runtime.availableProcessors(),
        runtime.maxMemory());
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

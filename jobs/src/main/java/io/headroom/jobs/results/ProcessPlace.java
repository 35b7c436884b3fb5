package io.headroom.jobs.results;

import io.headroom.host.Environment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a process is seen by its number: one start of one machine, and one namespace of processes
 * in it. Containers of one host name may each have a namespace of their own, in which the numbers
 * of others mean nothing.
 *
 * @param host the name that the process sees
 * @param boot a start of the machine, empty where the platform does not tell
 * @param namespace of processes, empty where the platform has none
 */
record ProcessPlace(String host, String boot, String namespace) {
  private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
  private static final Path NAMESPACE = Path.of("/proc/self/ns/pid");

  /** Of this process. */
  static ProcessPlace here() {
    return new ProcessPlace(Environment.hostName(), startOfMachine(), ownNamespace());
  }

  private static String startOfMachine() {
    try {
      return Files.readString(BOOT).strip();
    } catch (IOException e) {
      return "";
    }
  }

  private static String ownNamespace() {
    try {
      return Files.readSymbolicLink(NAMESPACE).toString();
    } catch (IOException | UnsupportedOperationException e) {
      return "";
    }
  }
}

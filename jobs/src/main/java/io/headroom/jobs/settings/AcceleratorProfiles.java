package io.headroom.jobs.settings;

import io.headroom.UserException;
import io.headroom.plan.accelerator.AcceleratorProfile;
import io.headroom.plan.accelerator.ProfileFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The profiles of accelerators by their names, each read once. */
public final class AcceleratorProfiles {
  private static final String JSON = ".json";
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  private final Map<String, AcceleratorProfile> read = new HashMap<>();

  /**
   * @throws UserException if there is none of that name, or it cannot be read
   */
  public AcceleratorProfile of(String accelerator) {
    return read.computeIfAbsent(accelerator, AcceleratorProfiles::read);
  }

  private static AcceleratorProfile read(String accelerator) {
    return ProfileFile.read(file(accelerator));
  }

  /**
   * The text of a profile, to be parsed elsewhere.
   *
   * @param accelerator its name, or the path of a profile
   * @throws UserException if there is none, or it cannot be read
   */
  public static byte[] bytes(String accelerator) {
    Path file = file(accelerator);
    byte[] text = ProfileFile.bytes(file);
    ProfileFile.parse(file.toString(), text);
    return text;
  }

  /** By which rows name it: of a path that of the profile's data sheet. */
  public static String name(String accelerator, byte[] profile) {
    return NAME.matcher(accelerator).matches()
        ? accelerator
        : ProfileFile.parse(accelerator, profile).sheet().name();
  }

  private static Path file(String accelerator) {
    boolean isName = NAME.matcher(accelerator).matches();
    if (!isName && accelerator.endsWith(JSON)) {
      return Path.of(accelerator);
    }
    Path file = ProjectFolders.accelerators().resolve(accelerator + JSON);
    if (!isName && Files.isDirectory(Path.of(accelerator))) {
      throw new UserException(
          "%s: a folder is no profile of an accelerator; of a sweep's results this makes one: headroom calibrate --measurements %s --gpu NAME --out FILE.json"
              .formatted(accelerator, accelerator));
    }
    if (!isName || !Files.isRegularFile(file)) {
      throw new UserException(
          "no profile of the accelerator: %s; allowed: %s, or the path of a profile"
              .formatted(accelerator, String.join(", ", known())));
    }
    return file;
  }

  private static List<String> known() {
    try (Stream<Path> files = Files.list(ProjectFolders.accelerators())) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(JSON))
          .map(name -> name.substring(0, name.length() - JSON.length()))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UserException("%s: %s".formatted(ProjectFolders.accelerators(), e.getMessage()), e);
    }
  }
}

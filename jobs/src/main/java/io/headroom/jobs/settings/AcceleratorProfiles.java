package io.headroom.jobs.settings;

import io.headroom.UserException;
import io.headroom.plan.accelerator.AcceleratorProfile;
import io.headroom.plan.accelerator.ProfileFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** The profiles of accelerators by their names, each read once. */
public final class AcceleratorProfiles {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

  private final Map<String, AcceleratorProfile> read = new HashMap<>();

  /**
   * @throws UserException if there is none of that name, or it cannot be read
   */
  public AcceleratorProfile of(String accelerator) {
    return read.computeIfAbsent(accelerator, AcceleratorProfiles::read);
  }

  private static AcceleratorProfile read(String accelerator) {
    Path file = ProjectFolders.accelerators().resolve(accelerator + ".json");
    if (!NAME.matcher(accelerator).matches() || !Files.isRegularFile(file)) {
      throw new UserException("no profile of the accelerator: " + accelerator);
    }
    return ProfileFile.read(file);
  }
}

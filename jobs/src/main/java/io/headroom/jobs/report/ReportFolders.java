package io.headroom.jobs.report;

import io.headroom.UserException;
import io.headroom.jobs.cli.LocalAddress;
import io.headroom.jobs.results.ResultsFolder;
import io.headroom.jobs.results.ResultsKind;
import io.headroom.jobs.results.WrittenResults;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The results that a page is of, by their kind, each in the order of the command line. */
record ReportFolders(List<SweepResults> sweeps, List<PlanResults> plans) {
  ReportFolders {
    sweeps = List.copyOf(sweeps);
    plans = List.copyOf(plans);
  }

  /**
   * @throws UserException if one of them holds no results, or is there twice
   */
  static ReportFolders read(List<String> addresses) {
    List<String> paths = addresses.stream().map(ReportFolders::path).toList();
    requireDifferent(paths);
    List<String> names = FolderNames.of(paths);
    List<SweepResults> sweeps = new ArrayList<>();
    List<PlanResults> plans = new ArrayList<>();
    for (int i = 0; i < paths.size(); i++) {
      switch (WrittenResults.kind(paths.get(i))) {
        case SWEEP -> sweeps.add(SweepResults.read(names.get(i), paths.get(i)));
        case PLAN -> plans.add(PlanResults.read(names.get(i), paths.get(i)));
      }
    }
    return new ReportFolders(sweeps, plans);
  }

  /** A local folder's path, whichever way it was written; that of a store as it is. */
  private static String path(String address) {
    return LocalAddress.isAddress(address) ? LocalAddress.path("DIR", address).toString() : address;
  }

  private static void requireDifferent(List<String> paths) {
    Map<String, String> seen = new HashMap<>();
    for (String path : paths) {
      String same = ResultsFolder.at(path, ResultsKind.SWEEP).toString();
      String before = seen.put(same, path);
      if (before != null) {
        throw new UserException(
            "%s and %s are one folder; allowed: each folder once".formatted(before, path));
      }
    }
  }
}

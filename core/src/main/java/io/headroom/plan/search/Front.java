package io.headroom.plan.search;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/** Those of which no other is as cheap, as quick and as small in its cache. */
final class Front implements Serializable {
  private static final long serialVersionUID = 1L;

  private final ArrayList<FoundDeployment> members = new ArrayList<>();

  void add(FoundDeployment found) {
    for (int i = 0; i < members.size(); i++) {
      if (members.get(i).dominates(found)) {
        // Who dominated one often dominates the next.
        if (i > 0) {
          members.set(i, members.set(0, members.get(i)));
        }
        return;
      }
    }
    members.removeIf(found::dominates);
    members.add(found);
  }

  List<FoundDeployment> members() {
    return members.stream().sorted(FoundDeployment.BEST_FIRST).toList();
  }
}

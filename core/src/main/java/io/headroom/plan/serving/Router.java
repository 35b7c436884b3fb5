package io.headroom.plan.serving;

import java.util.List;

/** Chooses among replicas that do the same. */
final class Router {
  private final Routing routing;
  private final List<Replica> replicas;
  private int next;

  Router(Routing routing, List<Replica> replicas) {
    this.routing = routing;
    this.replicas = List.copyOf(replicas);
  }

  /** Of the replicas, all of which have begun every step that begins before a time. */
  int choose(double millis) {
    if (routing == Routing.ROUND_ROBIN) {
      int chosen = next;
      next = next + 1 == replicas.size() ? 0 : next + 1;
      return chosen;
    }
    int best = 0;
    for (int i = 1; i < replicas.size(); i++) {
      if (replicas.get(i).loadBlocks(millis) < replicas.get(best).loadBlocks(millis)) {
        best = i;
      }
    }
    return best;
  }
}

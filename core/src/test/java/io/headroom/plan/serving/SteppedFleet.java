package io.headroom.plan.serving;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.DoubleStream;

/** What a {@link FleetRun} does, one step of one replica at a time, in plain lists. */
final class SteppedFleet {
  private record Event(double millis, int id) {}

  private static final Comparator<Event> IN_ORDER =
      Comparator.comparingDouble(Event::millis).thenComparingInt(Event::id);

  private final Fleet fleet;
  private final Requests requests;
  final List<SteppedReplica> replicas = new ArrayList<>();
  private final int first;
  private final TreeSet<Event> arrivals = new TreeSet<>(IN_ORDER);
  private final TreeSet<Event> changes = new TreeSet<>(IN_ORDER);
  private final Map<SteppedReplica, Deque<Integer>> links = new HashMap<>();
  private final Map<Integer, SteppedReplica> source = new HashMap<>();
  private final Map<Integer, SteppedReplica> target = new HashMap<>();
  private int routed;
  private int handedOn;
  final double[] arrival;
  final double[] start;
  final double[] firstToken;
  final double[] end;
  final double[] handedOver;
  final double[] decodes;
  long neverFit;

  SteppedFleet(Fleet fleet, Requests requests) {
    this.fleet = fleet;
    this.requests = requests;
    int count = requests.count();
    this.arrival = never(count);
    this.start = never(count);
    this.firstToken = never(count);
    this.end = never(count);
    this.handedOver = never(count);
    this.decodes = never(count);
    if (fleet instanceof DisaggregatedFleet two) {
      this.first = two.prefillReplicas();
      add(two.prefill(), first, ReplicaRole.PREFILL);
      add(two.decode(), two.decodeReplicas(), ReplicaRole.DECODE);
    } else {
      ColocatedFleet one = (ColocatedFleet) fleet;
      this.first = one.replicas();
      add(one.replica(), first, ReplicaRole.COLOCATED);
    }
    for (int i = 0; i < count; i++) {
      if (requests.previous(i) == Requests.NONE) {
        arrivals.add(new Event(requests.arrivalMillis(i), i));
      }
    }
  }

  private static double[] never(int count) {
    return DoubleStream.generate(() -> Double.NaN).limit(count).toArray();
  }

  private void add(ReplicaSetup setup, int count, ReplicaRole role) {
    for (int i = 0; i < count; i++) {
      SteppedReplica replica = new SteppedReplica(setup, role, requests, this);
      replicas.add(replica);
      links.put(replica, new ArrayDeque<>());
    }
  }

  void run() {
    while (true) {
      SteppedReplica next =
          replicas.stream()
              .filter(replica -> replica.isAwake)
              .min(Comparator.comparingDouble(replica -> replica.now))
              .orElse(null);
      double step = next == null ? Double.POSITIVE_INFINITY : next.now;
      double arrives = arrivals.isEmpty() ? Double.POSITIVE_INFINITY : arrivals.first().millis();
      double changed = changes.isEmpty() ? Double.POSITIVE_INFINITY : changes.first().millis();
      if (Math.min(step, Math.min(arrives, changed)) == Double.POSITIVE_INFINITY) {
        return;
      }
      if (arrives <= Math.min(step, changed)) {
        arrive(arrivals.pollFirst());
      } else if (changed <= step) {
        change(changes.pollFirst());
      } else {
        next.step();
      }
    }
  }

  private void arrive(Event event) {
    int id = event.id();
    if (!fits(id)) {
      neverFit++;
      follow(id, event.millis());
      return;
    }
    arrival[id] = event.millis();
    SteppedReplica chosen = choose(replicas.subList(0, first), routed++, event.millis());
    chosen.arrived.addLast(id);
    chosen.wake(event.millis());
  }

  private boolean fits(int id) {
    int input = requests.inputTokens(id);
    int all = input + requests.outputTokens(id) - 1;
    return fleet instanceof DisaggregatedFleet two
        ? fits(two.prefill(), input) && fits(two.decode(), all)
        : fits(((ColocatedFleet) fleet).replica(), all);
  }

  private static boolean fits(ReplicaSetup setup, int tokens) {
    return tokens <= setup.poolBlocks() * setup.blockTokens();
  }

  private SteppedReplica choose(List<SteppedReplica> among, int turn, double millis) {
    return fleet.routing() == Routing.ROUND_ROBIN
        ? among.get(turn % among.size())
        : among.stream()
            .min(Comparator.comparingLong(replica -> replica.load(millis)))
            .orElseThrow();
  }

  private void change(Event event) {
    int id = event.id();
    Deque<Integer> link = links.get(source.get(id));
    if (!target.containsKey(id)) {
      link.addLast(id);
      if (link.size() == 1) {
        offer(id, event.millis());
      }
      return;
    }
    handedOver[id] = event.millis();
    target.get(id).delivered.addLast(id);
    target.get(id).wake(event.millis());
    source.get(id).released.addLast(id);
    source.get(id).wake(event.millis());
    link.removeFirst();
    if (!link.isEmpty()) {
      offer(link.peekFirst(), event.millis());
    }
  }

  private void offer(int id, double millis) {
    SteppedReplica chosen = choose(replicas.subList(first, replicas.size()), handedOn++, millis);
    target.put(id, chosen);
    handedOver[id] = millis;
    chosen.offered.addLast(id);
    chosen.wake(millis);
  }

  void prompted(SteppedReplica replica, int id, double millis) {
    source.put(id, replica);
    changes.add(new Event(millis, id));
  }

  void accepted(int id, double millis) {
    DisaggregatedFleet two = (DisaggregatedFleet) fleet;
    double took = two.transferMillis() + two.transferMillisPerToken() * requests.inputTokens(id);
    changes.add(new Event(millis + took, id));
  }

  void ended(int id, double millis) {
    end[id] = millis;
    follow(id, millis);
  }

  private void follow(int id, double millis) {
    for (int i = id + 1; i < requests.count(); i++) {
      if (requests.previous(i) == id) {
        arrivals.add(new Event(millis + requests.delayMillis(i), i));
      }
    }
  }

  double millis() {
    double begin = Arrays.stream(arrival).filter(at -> !Double.isNaN(at)).min().orElse(0);
    double last = Arrays.stream(end).filter(at -> !Double.isNaN(at)).max().orElse(begin);
    return last - begin;
  }
}

package io.headroom.plan.serving;

import java.util.ArrayList;
import java.util.List;

/**
 * Requests on their way through a fleet, event by event. Of all replicas the one whose next step
 * begins first goes first, after what arrives until then: so nothing can come that a step has
 * missed.
 */
final class FleetRun implements ReplicaEvents {
  private final Fleet fleet;
  private final Requests requests;
  private final PendingArrivals pending;
  private final Outcomes outcomes;
  private final Timeline timeline;

  /** Those that run prompts first. */
  private final List<Replica> replicas = new ArrayList<>();

  private final int first;
  private final Router arrivals;
  private final Router handovers;
  private final Links links;

  /** Replicas that have something to do, by the time at which their next step begins. */
  private final TimeHeap awake = new TimeHeap();

  private final boolean[] isAwake;
  private final boolean stopsAtEnds;
  private int stepping;
  private long completed;
  private long neverFit;
  private double firstArrivalMillis = Double.NaN;
  private double lastMillis;

  FleetRun(Fleet fleet, Requests requests, PendingArrivals pending, double timelineMillis) {
    this.fleet = fleet;
    this.requests = requests;
    this.pending = pending;
    this.timeline = new Timeline(timelineMillis);
    if (fleet instanceof DisaggregatedFleet two) {
      this.outcomes = new Outcomes(requests.count(), true);
      this.first = two.prefillReplicas();
      add(two.prefill(), first, ReplicaRole.PREFILL);
      add(two.decode(), two.decodeReplicas(), ReplicaRole.DECODE);
    } else {
      ColocatedFleet one = (ColocatedFleet) fleet;
      this.outcomes = new Outcomes(requests.count(), false);
      this.first = one.replicas();
      add(one.replica(), first, ReplicaRole.COLOCATED);
    }
    this.arrivals = new Router(fleet.routing(), replicas.subList(0, first));
    this.handovers = new Router(fleet.routing(), replicas.subList(first, replicas.size()));
    this.links = new Links(first, handsOver() ? requests.count() : 0);
    this.isAwake = new boolean[replicas.size()];
    this.stopsAtEnds = handsOver() || pending.followEnds();
  }

  private void add(ReplicaSetup setup, int count, ReplicaRole role) {
    for (int i = 0; i < count; i++) {
      replicas.add(new Replica(setup, role, requests, outcomes, this, timeline));
    }
  }

  private boolean handsOver() {
    return fleet instanceof DisaggregatedFleet;
  }

  void run() {
    while (next()) {
      // Until nothing is left to happen.
    }
  }

  /** Lets the next thing happen; false where nothing is left to. */
  boolean next() {
    double arrival = pending.nextMillis();
    double change = links.nextMillis();
    double step = awake.firstMillis();
    double outside = Math.min(arrival, change);
    if (outside <= step) {
      if (outside == Double.POSITIVE_INFINITY) {
        return false;
      }
      if (arrival == outside) {
        arrive(pending.takeNext(), arrival);
      } else {
        change(links.takeNext(), change);
      }
      return true;
    }
    stepping = awake.removeFirst();
    Replica replica = replicas.get(stepping);
    double until = stopsAtEnds ? Math.min(outside, awake.firstMillis()) : outside;
    boolean goesOn = replica.advance(until, stopsAtEnds);
    lastMillis = Math.max(lastMillis, replica.nowMillis());
    isAwake[stepping] = goesOn;
    if (goesOn) {
      awake.add(replica.nowMillis(), stepping);
    }
    return true;
  }

  private void wake(int replica, double millis) {
    if (isAwake[replica]) {
      return;
    }
    isAwake[replica] = true;
    replicas.get(replica).sleepUntil(millis);
    awake.add(replicas.get(replica).nowMillis(), replica);
  }

  private void arrive(int request, double millis) {
    if (!canHold(request)) {
      neverFit++;
      pending.ended(request, millis);
      return;
    }
    if (Double.isNaN(firstArrivalMillis)) {
      firstArrivalMillis = millis;
    }
    outcomes.arrived(request, millis);
    timeline.arrived(millis);
    int replica = arrivals.choose(millis);
    replicas.get(replica).take(request);
    wake(replica, millis);
  }

  private boolean canHold(int request) {
    long input = requests.inputTokens(request);
    // The last token is not in the cache.
    long all = input + requests.outputTokens(request) - 1;
    return fleet instanceof DisaggregatedFleet two
        ? two.prefill().canHold(input) && two.decode().canHold(all)
        : ((ColocatedFleet) fleet).replica().canHold(all);
  }

  private void change(int request, double millis) {
    if (!links.isOnItsWay(request)) {
      if (links.queue(request)) {
        offer(request, millis);
      }
      return;
    }
    int target = links.target(request);
    outcomes.handedOver(request, millis);
    replicas.get(target).deliver(request);
    wake(target, millis);
    int source = links.source(request);
    replicas.get(source).release(request);
    wake(source, millis);
    int next = links.leave(request);
    if (next >= 0) {
      offer(next, millis);
    }
  }

  private void offer(int request, double millis) {
    int target = first + handovers.choose(millis);
    links.goesTo(request, target);
    outcomes.handedOver(request, millis);
    replicas.get(target).offer(request);
    wake(target, millis);
  }

  @Override
  public void prompted(int request, double millis) {
    links.add(request, stepping, millis);
  }

  @Override
  public void accepted(int request, double millis) {
    double took = ((DisaggregatedFleet) fleet).transferMillis(requests.inputTokens(request));
    links.arrives(request, millis + took);
  }

  @Override
  public void ended(int request, double millis) {
    completed++;
    pending.ended(request, millis);
  }

  Outcomes outcomes() {
    return outcomes;
  }

  Timeline timeline() {
    return timeline;
  }

  List<Replica> replicas() {
    return replicas;
  }

  /** Whose blocks are asked for: all, or those that decode. */
  List<Replica> decodingReplicas() {
    return handsOver() ? replicas.subList(first, replicas.size()) : replicas;
  }

  /** Requests between the pools: their keys and values are sent or wait to be. */
  int onLinks() {
    return links.size();
  }

  long completed() {
    return completed;
  }

  long neverFit() {
    return neverFit;
  }

  /** From the first arrival to the last step's end; 0 where nothing arrived. */
  double millis() {
    return completed == 0 ? 0 : lastMillis - firstArrivalMillis;
  }

  double lastMillis() {
    return lastMillis;
  }
}

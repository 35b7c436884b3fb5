package io.headroom.plan.serving;

import java.util.SplittableRandom;

/** Fleets and requests drawn from a seed: small pools, so that everything happens. */
final class RandomServing {
  /** So that several end in one step. */
  private static final int[] ALIKE = {1, 20, 60};

  private final SplittableRandom random;
  private final Scheduling scheduling;
  private final int blockTokens;
  private final int prefixBlockTokens;

  RandomServing(long seed, Scheduling scheduling) {
    this.random = new SplittableRandom(seed);
    this.scheduling = scheduling;
    this.blockTokens = new int[] {1, 4, 16, 32}[random.nextInt(4)];
    this.prefixBlockTokens = blockTokens * random.nextInt(1, 3);
  }

  static double millis(double decoding, double kept, double prompts, double tokens, double prior) {
    return 3
        + 0.01 * decoding
        + 1e-6 * decoding * kept
        + prompts * (tokens / 50 + tokens * (tokens / 2 + prior) * 1e-6);
  }

  Fleet fleet(boolean disaggregated) {
    Routing routing = random.nextBoolean() ? Routing.LEAST_KV : Routing.ROUND_ROBIN;
    int replicas = random.nextInt(1, 4);
    if (!disaggregated) {
      return new ColocatedFleet(replica(), replicas, routing);
    }
    return new DisaggregatedFleet(
        replica(),
        replicas,
        replica(),
        random.nextInt(1, 4),
        routing,
        random.nextInt(4) * 0.1,
        random.nextInt(3) * 10);
  }

  private ReplicaSetup replica() {
    EngineScheduler engine =
        new EngineScheduler(
            "some",
            scheduling,
            random.nextInt(20, 400),
            random.nextInt(1, 60),
            new double[] {0, 0.7, 1}[random.nextInt(3)],
            0.9,
            random.nextBoolean(),
            0,
            "a test");
    long most = random.nextBoolean() ? 500 : 1500;
    long pool = random.nextLong(200, most) / blockTokens + 2;
    int ranks = random.nextInt(4) == 0 ? 2 : 1;
    return new ReplicaSetup(engine, RandomServing::millis, ranks, pool, blockTokens);
  }

  Requests requests(boolean shared, boolean inSessions) {
    int count = random.nextInt(1, 60);
    double[] arrivals = new double[count];
    int[] inputs = new int[count];
    int[] outputs = new int[count];
    double at = 0;
    double gap = random.nextInt(1, 40);
    for (int i = 0; i < count; i++) {
      at += random.nextInt(4) == 0 ? 0 : -gap * Math.log(1 - random.nextDouble());
      arrivals[i] = at;
      inputs[i] = random.nextInt(1, 300);
      outputs[i] =
          random.nextBoolean() ? random.nextInt(1, 90) : ALIKE[random.nextInt(ALIKE.length)];
    }
    Requests requests = new Requests(arrivals, inputs, outputs);
    if (shared) {
      requests = requests.withPrefixBlocks(blocks(inputs), prefixBlockTokens);
    }
    return inSessions ? inSessions(requests) : requests;
  }

  /** Few documents, of which prompts have a beginning; then something of their own. */
  private int[][] blocks(int[] inputs) {
    int documents = random.nextInt(1, 6);
    int[][] blocks = new int[inputs.length][];
    for (int i = 0; i < inputs.length; i++) {
      int count = (inputs[i] + prefixBlockTokens - 1) / prefixBlockTokens;
      int document = 1000 * random.nextInt(documents);
      int common = random.nextInt(count + 1);
      blocks[i] = new int[count];
      for (int j = 0; j < count; j++) {
        blocks[i][j] = j < common ? document + j : 1_000_000 + 1000 * i + j;
      }
    }
    return blocks;
  }

  private Requests inSessions(Requests requests) {
    int[] previous = new int[requests.count()];
    double[] delays = new double[requests.count()];
    for (int i = 0; i < previous.length; i++) {
      boolean follows = i > 0 && random.nextInt(3) > 0;
      previous[i] = follows ? random.nextInt(Math.max(0, i - 5), i) : Requests.NONE;
      delays[i] = random.nextInt(3) == 0 ? 0 : 200 * random.nextDouble();
    }
    return requests.inSessions(previous, delays);
  }
}

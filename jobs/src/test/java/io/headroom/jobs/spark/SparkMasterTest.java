package io.headroom.jobs.spark;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is known of executors before there are any. */
class SparkMasterTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {"local; 1", "local[3]; 3", "local[3,2]; 3", "local[3, 2]; 3", "local[0]; 1"})
  void aLocalMasterNamesItsCores(String url, int cores) {
    SparkMaster master = new SparkMaster(url);

    assertThat(master.isLocal()).isTrue();
    assertThat(master.knowsTaskProfiles()).isFalse();
    assertThat(master.localCores()).isEqualTo(cores);
  }

  @Test
  void withoutAMasterItIsAllCoresOfThisMachine() {
    SparkMaster master = SparkMaster.of(new SparkConf(false));

    assertThat(master.isLocal()).isTrue();
    assertThat(master.localCores()).isEqualTo(Runtime.getRuntime().availableProcessors());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "spark://one:7077,two:7077; true",
        "local-cluster[2,2,1024]; true",
        "yarn; true",
        "k8s://https://one:443; true",
        "mesos://one:5050; false"
      })
  void clustersOfSparkKnowTaskProfiles(String url, boolean known) {
    SparkMaster master = new SparkMaster(url);

    assertThat(master.isLocal()).isFalse();
    assertThat(master.knowsTaskProfiles()).isEqualTo(known);
  }

  @Test
  void workersOfALocalClusterHaveTheMemoryThatItNames() {
    assertThat(new SparkMaster("local-cluster[2,1,1024]").workerMebibytes()).contains("1024");
    assertThat(new SparkMaster("local-cluster[ 2 , 1 , 512 ]").workerMebibytes()).contains("512");
    assertThat(new SparkMaster("local[2]").workerMebibytes()).isEmpty();
  }
}

package io.headroom.jobs.spark;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.spark.SparkConf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MeasuringSparkTest {
  /** On a cluster it would be a second application. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "local[2]; ; true",
        "local[1]; ; false",
        "local[4]; 2; false",
        "local-cluster[2,2,1024]; ; false",
        "spark://one:7077; ; false",
        "yarn; ; false"
      })
  void onlyALocalMasterReadsInASessionOfItsOwn(String master, String taskCpus, boolean own) {
    SparkConf conf = new SparkConf(false).setMaster(master).set("spark.executor.cores", "4");
    if (taskCpus != null) {
      conf.set("spark.task.cpus", taskCpus);
    }

    assertThat(MeasuringSpark.readsTaskByTask(conf)).isEqualTo(own);
  }
}

package io.headroom.jobs.testkit;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.server.MiniYARNCluster;

/**
 * Hadoop in this virtual machine: HDFS with one node for data, and YARN with one that runs
 * containers, which are processes. None outlives {@link #close}.
 */
public final class YarnCluster implements AutoCloseable {
  private static final int NODE_MEGABYTES = 4096;
  private static final int NODE_CORES = 4;

  private final Path folder;
  private final MiniDFSCluster hdfs;
  private final MiniYARNCluster yarn;

  private YarnCluster(Path folder, MiniDFSCluster hdfs, MiniYARNCluster yarn) {
    this.folder = folder;
    this.hdfs = hdfs;
    this.yarn = yarn;
  }

  /**
   * @param folder where the nodes keep what they have, and the configuration for clients
   */
  public static YarnCluster start(Path folder) throws IOException {
    // Where YARN's nodes have the folders of containers.
    System.setProperty("test.build.data", folder.resolve("yarn").toString());
    YarnConfiguration configuration = new YarnConfiguration();
    MiniDFSCluster hdfs =
        new MiniDFSCluster.Builder(configuration, folder.resolve("hdfs").toFile())
            .numDataNodes(1)
            .build();
    configuration.set("yarn.scheduler.capacity.root.queues", "default");
    configuration.set("yarn.scheduler.capacity.root.default.capacity", "100");
    configuration.set("yarn.scheduler.capacity.maximum-am-resource-percent", "1");
    configuration.setInt(YarnConfiguration.RM_SCHEDULER_MINIMUM_ALLOCATION_MB, 256);
    configuration.setInt(YarnConfiguration.YARN_MINICLUSTER_NM_PMEM_MB, NODE_MEGABYTES);
    configuration.setInt(YarnConfiguration.NM_VCORES, NODE_CORES);
    configuration.setBoolean(YarnConfiguration.NM_PMEM_CHECK_ENABLED, false);
    configuration.setBoolean(YarnConfiguration.NM_VMEM_CHECK_ENABLED, false);
    // A disk that is nearly full is no reason here.
    configuration.setFloat(YarnConfiguration.NM_MAX_PER_DISK_UTILIZATION_PERCENTAGE, 100);
    MiniYARNCluster yarn = new MiniYARNCluster("headroom", 1, 1, 1);
    YarnCluster cluster = new YarnCluster(folder, hdfs, yarn);
    try {
      yarn.init(configuration);
      yarn.start();
      cluster.writeConfiguration();
      return cluster;
    } catch (IOException | RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  private void writeConfiguration() throws IOException {
    Files.createDirectories(configurationFolder());
    Configuration site = new Configuration(yarn.getConfig());
    // A class that only this virtual machine has.
    site.unset("net.topology.node.switch.mapping.impl");
    site.set("fs.defaultFS", hdfs.getURI().toString());
    for (String name : List.of("core-site.xml", "yarn-site.xml")) {
      try (OutputStream out = Files.newOutputStream(configurationFolder().resolve(name))) {
        site.writeXml(out);
      }
    }
  }

  private Path configurationFolder() {
    return folder.resolve("conf");
  }

  /** For clients. */
  public Map<String, String> environment() {
    return Map.of("HADOOP_CONF_DIR", configurationFolder().toString());
  }

  public FileSystem files() throws IOException {
    return hdfs.getFileSystem();
  }

  /** A path in HDFS, for this virtual machine, which has no configuration of it. */
  public String at(String path) {
    return hdfs.getURI() + path;
  }

  /** The drivers that run in containers. */
  public static List<ProcessHandle> drivers() {
    return ProcessHandle.current()
        .descendants()
        .filter(process -> isApplicationMaster(process.info()))
        .toList();
  }

  /** The shell that YARN starts it by has the same words. */
  private static boolean isApplicationMaster(ProcessHandle.Info info) {
    return info.command().filter(command -> command.endsWith("/java")).isPresent()
        && info.commandLine()
            .filter(line -> line.contains("org.apache.spark.deploy.yarn.ApplicationMaster "))
            .isPresent();
  }

  @Override
  public void close() throws IOException {
    yarn.close();
    hdfs.shutdown(true);
  }
}

package io.landfall.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the config has of the cache's disks: one, or a list of them. */
class CacheDisksTest {
  @TempDir Path temp;
  private ConfigFolder folder;

  @BeforeEach
  void files() {
    folder = new ConfigFolder(temp);
  }

  private static String with(String disk) {
    return ConfigFolder.GOOD + "\ncache: {disk: " + disk + "}\n";
  }

  private List<CacheConfig.Disk> disks(String disk) {
    return folder.valid(with(disk)).cache().disks();
  }

  private List<String> problems(String disk) {
    return folder.problems(with(disk)).stream()
        .map(each -> each.replaceFirst("^node.yaml:[0-9]+: ", ""))
        .toList();
  }

  @Test
  void oneOrAListOfThem() {
    assertThat(disks("{path: /a, size: 1GiB}"))
        .containsExactly(new CacheConfig.Disk(Path.of("/a"), 1L << 30, "cache.disk"));
    assertThat(disks("[{path: /a, size: 1GiB}, {path: /ab, size: 2GiB}]"))
        .containsExactly(
            new CacheConfig.Disk(Path.of("/a"), 1L << 30, "cache.disk[0]"),
            new CacheConfig.Disk(Path.of("/ab"), 2L << 30, "cache.disk[1]"));
    assertThat(disks("[]")).isEmpty();
  }

  @Test
  void theSameFolderTwiceOrOneInAnotherIsNone() {
    assertThat(problems("[{path: /a, size: 1GiB}, {path: /b/../a, size: 1GiB}]"))
        .containsExactly(
            "cache.disk[1].path: is the folder of cache.disk[0] too; name a folder of its own");
    assertThat(problems("[{path: /a, size: 1GiB}, {path: /a/b, size: 1GiB}]"))
        .containsExactly(
            "cache.disk[1].path: is inside the folder of cache.disk[0]; name a folder of its own");
    assertThat(problems("[{path: /a/b, size: 1GiB}, {path: /a, size: 1GiB}]"))
        .containsExactly(
            "cache.disk[1].path: has the folder of cache.disk[0] inside; name a folder of its own");
  }

  @Test
  void eachIsReadByTheSameRulesAndThereAreSixteenAtMost() {
    assertThat(problems("[{path: /a, size: 1MiB}, {size: 1GiB, paht: /b}]"))
        .hasSize(3)
        .anyMatch(each -> each.startsWith("cache.disk[0].size: "))
        .anyMatch(each -> each.startsWith("cache.disk[1].path: is missing"))
        .anyMatch(each -> each.startsWith("cache.disk[1].paht: unknown key"));
    String many =
        IntStream.range(0, Bounds.CACHE_DISKS + 1)
            .mapToObj(i -> "{path: /" + i + ", size: 1GiB}")
            .collect(Collectors.joining(", ", "[", "]"));
    assertThat(problems(many))
        .containsExactly("cache.disk: has 17 entries, more than 16; name fewer, larger disks");
  }
}

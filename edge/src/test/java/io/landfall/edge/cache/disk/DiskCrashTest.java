package io.landfall.edge.cache.disk;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.PurgeMarks;
import io.landfall.cache.PurgeVerdict;
import io.landfall.testkit.TestJvm;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Processes that are killed (kill -9) at random while they store and purge, one after another on
 * one disk: what is found is what was stored, and what was said to be purged does not come back.
 */
class DiskCrashTest {
  static final int KEYS = 50;
  private static final int RUNS = 8;

  /** Things that a process has stored when it is killed, at most. */
  private static final int MOST_FILLS = 200;

  @TempDir Path folder;

  /** The newest version of each key that was purged. */
  private final Map<Integer, Integer> purged = new TreeMap<>();

  /** These tests run as a part of the room's module: what it has of libraries is on its path. */
  private static String classPath() {
    return String.join(
        File.pathSeparator,
        TestJvm.classPath(),
        System.getProperty("jdk.module.path", ""),
        Path.of("target", "test-classes").toAbsolutePath().toString(),
        Path.of("target", "classes").toAbsolutePath().toString());
  }

  private void runAndKill(int disks, int run, Random random)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            TestJvm.small(
                64,
                DiskCrashChild.class.getName(),
                folder.toString(),
                Integer.toString(disks),
                Integer.toString(run),
                Long.toString(random.nextLong())));
    command.set(command.indexOf("-cp") + 1, classPath());
    Process child =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(child.getInputStream(), StandardCharsets.US_ASCII))) {
      int left = 1 + random.nextInt(MOST_FILLS);
      for (String line = out.readLine(); line != null && left > 0; line = out.readLine()) {
        left -= line.equals("stored") ? 1 : 0;
        note(line);
      }
      // By its handle, which leaves open what it has written.
      assertThat(child.toHandle().destroyForcibly()).isTrue();
      // What it said before it died counts too.
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        note(line);
      }
    } finally {
      child.destroyForcibly().waitFor();
    }
  }

  private void note(String line) {
    String[] words = line.split(" ");
    if (words.length == 3 && words[0].equals("purged")) {
      purged.put(Integer.parseInt(words[1]), Integer.parseInt(words[2]));
    }
  }

  private DiskSet open(int disks) {
    List<DiskFiles> files = new ArrayList<>();
    for (int i = 0; i < disks; i++) {
      files.add(new FolderFiles(folder.resolve(Integer.toString(i)), "test"));
    }
    return DiskCrashChild.open(folder, files);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void noByteIsWrongAndNothingThatWasPurgedComesBack(int disks) throws Exception {
    Random random = new Random(20261129);
    int found = 0;
    for (int run = 1; run <= RUNS; run++) {
      runAndKill(disks, run, random);
      try (DiskSet all = open(disks)) {
        for (int number = 0; number < KEYS; number++) {
          DiskStore store = all.with(DiskThings.key(number));
          Optional<DiskThings.Got> got =
              store == null ? Optional.empty() : DiskThings.find(store, number);
          if (store != null && got.isPresent()) {
            PurgeMarks.Place place =
                new PurgeMarks.Place("shop", "http", "shop.test", "/" + number);
            PurgeVerdict verdict = store.before(place, List.of(), List.of(), got.get().epoch());
            boolean before = got.get().version() <= purged.getOrDefault(number, -1);
            assertThat(before && verdict != PurgeVerdict.PURGED)
                .as("%s of %s, purged up to %s", got.get(), number, purged.get(number))
                .isFalse();
            found++;
          }
        }
      }
    }
    assertThat(found).isGreaterThan(KEYS);
  }
}

package io.landfall.edge.purges;

import io.landfall.cache.fleet.PurgeRecord;
import io.landfall.core.Clock;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/** A process that takes down purges until it is killed, and reports those that are kept. */
final class PurgeLogCrashChild {
  private PurgeLogCrashChild() {}

  /** The log, read; it is closed at once in the process that looks at it. */
  static PurgeLogFile read(Path folder) {
    PurgeLogFile log = open(folder);
    log.close();
    return log;
  }

  private static PurgeLogFile open(Path folder) {
    Random random = new Random();
    Clock clock =
        new Clock() {
          @Override
          public long monotonicNanos() {
            return System.nanoTime();
          }

          @Override
          public long wallMillis() {
            return 0;
          }
        };
    return PurgeLogFile.read(folder, "fra", PurgeLogBeside.NONE, clock, random::nextLong);
  }

  /** With the folder. */
  public static void main(String[] arguments) {
    PurgeLogFile log = open(Path.of(arguments[0]));
    List<PurgeRecord> all = new ArrayList<>(log.restored().orElse(List.of()));
    log.start(() -> {});
    log.replace(all).join();
    Random random = new Random();
    while (all.size() < 100_000) {
      List<PurgeRecord> some = new ArrayList<>();
      for (int i = random.nextInt(5); i >= 0; i--) {
        some.add(PurgeLogFileTest.record(all.size() + some.size() + 1));
      }
      all.addAll(some);
      CompletableFuture<Boolean> kept =
          random.nextInt(20) == 0 ? log.replace(List.copyOf(all)) : log.append(some);
      if (!kept.join()) {
        throw new IllegalStateException("the log keeps nothing any more");
      }
      System.out.println(all.size());
    }
  }
}

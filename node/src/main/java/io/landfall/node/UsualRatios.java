package io.landfall.node;

import io.landfall.core.ServiceName;
import io.landfall.signal.HitDays;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How often caches had the answer on the last days, kept over restarts in a file of lines: service,
 * day, hits, misses. What cannot be read or written is not known after a restart, and no more. On
 * the control thread, but for the file.
 */
final class UsualRatios {
  private static final Logger log = LoggerFactory.getLogger("landfall.cache");

  /** The largest file that is read: the lines of the most services. */
  private static final int MAX_FILE_BYTES = 2 << 20;

  private final Path file;
  private final Executor background;

  /** As many as services that are cached. */
  private final Map<ServiceName, HitDays> services = new TreeMap<>();

  /** For the log; touched by the threads that write, one after another. */
  private volatile boolean failing;

  private UsualRatios(Path file, Executor background) {
    this.file = file;
    this.background = background;
  }

  /**
   * Reads what was kept.
   *
   * @param background writes the file
   */
  static UsualRatios read(Path file, Executor background) {
    UsualRatios made = new UsualRatios(file, background);
    try {
      SmallTextFile.read(file, MAX_FILE_BYTES).lines().forEach(made::take);
    } catch (NoSuchFileException e) {
      // The first start.
    } catch (IOException | IllegalArgumentException e) {
      made.services.clear();
      log.atWarn()
          .addKeyValue("file", file)
          .addKeyValue("why", e.getMessage())
          .log("the hit ratios of the last days are not known");
    }
    return made;
  }

  private void take(String line) {
    int space = line.indexOf(' ');
    if (space < 0) {
      throw new IllegalArgumentException("'" + line + "' is not a service and its day");
    }
    of(new ServiceName(line.substring(0, space))).add(line.substring(space + 1));
  }

  private HitDays of(ServiceName service) {
    return services.computeIfAbsent(service, name -> new HitDays());
  }

  /** So many lookups of a service had an answer on a day, and so many had none. */
  void add(ServiceName service, long day, long hits, long misses) {
    of(service).add(day, hits, misses);
  }

  /** Of a hundred lookups of a service so many had an answer; empty if that is not known. */
  OptionalInt percent(ServiceName service) {
    HitDays days = services.get(service);
    return days == null ? OptionalInt.empty() : days.percent();
  }

  /** Writes all of it, a moment later. */
  void write() {
    List<String> lines = new ArrayList<>();
    services.forEach(
        (name, days) -> days.lines().forEach(line -> lines.add(name.value() + " " + line)));
    try {
      background.execute(() -> write(lines));
    } catch (RejectedExecutionException e) {
      // The node stops.
    }
  }

  private synchronized void write(List<String> lines) {
    try {
      Path beside = file.resolveSibling(file.getFileName() + ".new");
      Files.writeString(beside, String.join("\n", lines) + "\n");
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
      failing = false;
    } catch (IOException e) {
      if (!failing) {
        log.atWarn()
            .addKeyValue("file", file)
            .addKeyValue("why", e.toString())
            .log("the hit ratios of the last days are not kept");
      }
      failing = true;
    }
  }
}

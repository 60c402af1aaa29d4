package io.landfall.transport.probe;

import io.landfall.core.FailureText;
import io.landfall.core.OwnLimit;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/**
 * Runs a command: exit status 0 is a success. It is started without a shell and without input, with
 * the backend in its environment. What it prints is read to its end, so that it never blocks on a
 * full pipe, but only the first bytes are kept. At the deadline it is killed with all that it has
 * started.
 */
final class ExecProbe {
  static final int MAX_OUTPUT_BYTES = 2048;
  private static final int MAX_SHOWN_CHARS = 120;
  private static final long OUTPUT_WAIT_NANOS = 20_000_000L;

  private ExecProbe() {}

  static Verdict run(List<String> argv, ProbePlan backend, Deadline deadline) {
    ProcessBuilder builder =
        new ProcessBuilder(argv)
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
    builder.environment().put("LANDFALL_BACKEND_HOST", backend.host());
    builder.environment().put("LANDFALL_BACKEND_PORT", Integer.toString(backend.port()));
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      String why = "cannot start " + argv.getFirst() + ": " + FailureText.of(e);
      return OwnLimit.isReached(e) ? Verdict.notRun(why) : Verdict.bad(why);
    }
    AtomicReference<String> output = new AtomicReference<>("");
    Thread reader = Thread.ofVirtual().name("probe-output").start(() -> read(process, output));
    try {
      boolean ended = process.waitFor(Math.max(0, deadline.remainingNanos()), TimeUnit.NANOSECONDS);
      if (!ended) {
        return Verdict.bad(deadline.passed(argv.getFirst()) + ", and was killed");
      }
      // A child left behind can hold the pipe open, so the wait for the rest of it is short.
      reader.join(Duration.ofNanos(OUTPUT_WAIT_NANOS));
      int status = process.exitValue();
      String why = argv.getFirst() + ": exit status " + status + shown(output.get());
      return status == 0 ? Verdict.good(why) : Verdict.bad(why);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Verdict.bad("the probe was interrupted");
    } finally {
      kill(process);
    }
  }

  /** Children first: once their parent has gone they can no longer be found. */
  private static void kill(Process process) {
    try (Stream<ProcessHandle> children = process.descendants()) {
      children.toList().forEach(ProcessHandle::destroyForcibly);
    }
    process.destroyForcibly();
    try {
      process.getInputStream().close();
    } catch (IOException e) {
      // Nothing is left to release.
    }
  }

  private static void read(Process process, AtomicReference<String> output) {
    StringBuilder kept = new StringBuilder();
    byte[] buffer = new byte[1024];
    try (InputStream in = process.getInputStream()) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        int room = Math.min(read, MAX_OUTPUT_BYTES - kept.length());
        if (room > 0) {
          kept.append(new String(buffer, 0, room, StandardCharsets.ISO_8859_1));
          output.set(kept.toString());
        }
      }
    } catch (IOException e) {
      // The process was killed, or its pipe closed: what was read so far is what there is.
    }
  }

  private static String shown(String output) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < output.length() && line.length() < MAX_SHOWN_CHARS; i++) {
      char c = output.charAt(i);
      if (c == '\n') {
        break;
      }
      line.append(c >= ' ' && c < 0x7f ? c : '?');
    }
    return line.isEmpty() ? "" : ", " + line;
  }
}

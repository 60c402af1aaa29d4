package io.landfall.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where a command prints to, which remembers how a write failed: a PrintWriter keeps it quiet. */
final class CommandOutput extends FilterOutputStream {
  private @Nullable IOException failure;

  CommandOutput(OutputStream out) {
    super(out);
  }

  /** Text in UTF-8; lines leave at once, since a person may be watching them come. */
  PrintWriter writer() {
    return new PrintWriter(this, true, StandardCharsets.UTF_8);
  }

  /** How the first write failed; empty when none did. */
  Optional<IOException> failure() {
    return Optional.ofNullable(failure);
  }

  /** Whether writing failed because the other end of a pipe is closed (EPIPE). */
  boolean readerHasGone() {
    return failure()
        .map(each -> String.valueOf(each.getMessage()).toLowerCase(Locale.ROOT))
        .filter(message -> message.contains("broken pipe"))
        .isPresent();
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      out.write(bytes, offset, length);
    } catch (IOException e) {
      failure = failure == null ? e : failure;
      throw e;
    }
  }
}

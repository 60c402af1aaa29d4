package io.landfall.cli;

import io.landfall.admin.client.LineStream;
import io.landfall.admin.json.JsonValue;
import io.landfall.core.FailureText;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * A stream of lines of a running node, printed as they come. Ctrl-C ends it with exit code 0, a
 * node that goes away with 3.
 *
 * @param path where it is
 * @param count after so many lines it ends with exit code 0
 * @param words prints a line for people
 */
record LinesRead(String path, long count, BiConsumer<JsonValue, PrintWriter> words)
    implements Read {
  @Override
  public int run(AdminClient client, boolean json, PrintWriter out) {
    try (LineStream stream = client.stream(path);
        EndedByInterrupt _ = EndedByInterrupt.of(out)) {
      return print(stream, json, out);
    } catch (IOException e) {
      throw new CliFailure(
          ExitCode.UNREACHABLE, "the node has gone, and the stream with it: " + FailureText.of(e));
    }
  }

  private int print(LineStream stream, boolean json, PrintWriter out) throws IOException {
    long left = count;
    while (left > 0) {
      Optional<String> line = stream.next();
      if (line.isEmpty()) {
        throw new CliFailure(ExitCode.UNREACHABLE, "the node ended the stream: it stops");
      }
      JsonValue event = event(line.get());
      boolean change = !isOf("watching", event);
      if (json) {
        out.println(line.get());
      } else if (change) {
        words.accept(event, out);
      } else {
        out.println("watching; Ctrl-C ends it");
      }
      out.flush();
      if (out.checkError()) {
        return ExitCode.OK; // Whoever read our output has had enough.
      }
      left -= change && !isOf("lost", event) ? 1 : 0;
    }
    return ExitCode.OK;
  }

  /** Whether a line is about the stream itself. */
  static boolean isOf(String type, JsonValue event) {
    return !event.get("type").isNull() && event.text("type").equals(type);
  }

  private static JsonValue event(String line) {
    try {
      return JsonValue.parse(line);
    } catch (IllegalArgumentException notJson) {
      throw CliFailure.notUnderstood(notJson);
    }
  }
}

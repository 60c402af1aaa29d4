package io.landfall.cli;

import io.landfall.admin.client.HttpCall;
import io.landfall.admin.client.HttpCall.Answer;
import io.landfall.admin.client.LineStream;
import io.landfall.admin.json.JsonReader;
import io.landfall.admin.model.Problem;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * What a command asks of a node's admin socket, a request on a connection each: with the exit code
 * of a command that is not answered.
 */
final class AdminClient {
  /** How long a node may take. */
  static final long TIMEOUT_MILLIS = 10_000;

  private static final String HINT = "; is it running? see --socket";

  private final Path socket;

  AdminClient(Path socket) {
    this.socket = socket;
  }

  /** The body of a view. */
  String get(String path) {
    return accepted(exchange("GET", path, ""));
  }

  /**
   * The body of a view of something that a person named: a question that cannot have an answer is a
   * wrong command line, one that has none now is a no.
   */
  String look(String path) {
    Answer answer = exchange("GET", path, "");
    return switch (answer.status()) {
      case 400 -> throw new CliFailure(ExitCode.USAGE, detail(answer));
      case 404 -> throw new CliFailure(ExitCode.NO, detail(answer));
      default -> accepted(answer);
    };
  }

  /** Begins to read a stream of lines. */
  LineStream stream(String path) {
    try {
      LineStream stream = LineStream.open(UnixDomainSocketAddress.of(socket), path);
      Optional<Answer> refusal = stream.refusal();
      if (refusal.isPresent()) {
        stream.close();
        throw refused(refusal.get());
      }
      return stream;
    } catch (IOException | IllegalArgumentException e) {
      throw unreachable(reason(e));
    }
  }

  /** Gives a command; the body of the answer when the node did it. */
  String command(String method, String path, String body) {
    return accepted(exchange(method, path, body));
  }

  /** The body of an answer that is no text. */
  byte[] download(String path) {
    Answer answer = exchange("GET", path, "");
    accepted(answer);
    return answer.content();
  }

  private static String accepted(Answer answer) {
    if (answer.status() == 200) {
      return answer.body();
    }
    throw refused(answer);
  }

  private static CliFailure refused(Answer answer) {
    return new CliFailure(
        ExitCode.NO, "the node refused (" + answer.status() + "): " + detail(answer));
  }

  private static String detail(Answer answer) {
    try {
      return JsonReader.read(answer.body(), Problem.class).detail();
    } catch (IllegalArgumentException notJson) {
      return answer.body().isBlank() ? "no reason given" : answer.body().strip();
    }
  }

  private Answer exchange(String method, String path, String body) {
    try {
      return HttpCall.send(
          UnixDomainSocketAddress.of(socket),
          HttpCall.Request.json(method, "localhost", path, body),
          TIMEOUT_MILLIS);
    } catch (IOException | IllegalArgumentException e) {
      throw unreachable(reason(e));
    }
  }

  private String reason(Exception e) {
    if (!Files.exists(socket)) {
      return "no such socket" + HINT;
    }
    if (Files.isRegularFile(socket) || Files.isDirectory(socket)) {
      return "that is no socket; see --socket";
    }
    if (!Files.isWritable(socket)) {
      return "this user may not use the socket; run as the node's user or root";
    }
    String message = e.getMessage();
    return (message == null ? e.toString() : message.toLowerCase(Locale.ROOT)) + HINT;
  }

  private CliFailure unreachable(String why) {
    return new CliFailure(ExitCode.UNREACHABLE, "cannot reach the node at " + socket + ": " + why);
  }
}

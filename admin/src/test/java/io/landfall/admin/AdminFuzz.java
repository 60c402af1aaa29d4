package io.landfall.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.landfall.admin.metrics.MetricsText;
import io.landfall.testkit.FuzzCorpus;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Fuzz target: an admin request as {@code METHOD target}, a line end, and its body. What must hold:
 * each is answered, and none is answered with 500, which says that the node is at fault.
 */
public final class AdminFuzz {
  /** For JUnit. */
  public AdminFuzz() {}

  @TestFactory
  Stream<DynamicTest> everyRequestOfTheCorpusIsAnswered() {
    return FuzzCorpus.replay("AdminFuzz", AdminFuzz::fuzzerTestOneInput);
  }

  /** What Jazzer calls. */
  public static void fuzzerTestOneInput(byte[] data) {
    String text = new String(data, UTF_8);
    int lineEnd = text.indexOf('\n');
    String line = lineEnd < 0 ? text : text.substring(0, lineEnd);
    int space = line.indexOf(' ');
    if (space < 0) {
      return;
    }
    AdminRequest request;
    try {
      QueryStringDecoder uri = new QueryStringDecoder(line.substring(space + 1));
      request =
          new AdminRequest(
              line.substring(0, space),
              uri.path(),
              uri.parameters(),
              lineEnd < 0 ? "" : text.substring(lineEnd + 1),
              "",
              new AdminRequest.Caller.Local(Optional.empty()));
    } catch (IllegalArgumentException e) {
      return; // what AdminHandler answers with 400
    }
    AdminApi api = new AdminApi(new FakeBackend(), new MetricsText(FakeMetrics::new));
    AdminAnswer answer = api.handle(request);
    if (answer.status() < 200 || answer.status() >= 500) {
      throw new AssertionError(answer.status() + ": " + answer.body());
    }
  }
}

package io.landfall.edge.exchange;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.access.AccessLog;
import io.landfall.edge.server.TestSite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The line of a request in the access log, for each way in which it can end. */
class AccessRecordsTest {
  @TempDir Path folder;

  private AccessLog open(String name, AccessLog.Format format) throws IOException {
    return AccessLog.open(Optional.of(folder.resolve(name)), format, 1 << 20);
  }

  private List<String> lines(String name) throws IOException {
    return Files.readAllLines(folder.resolve(name));
  }

  private String line(String name, String part) throws IOException {
    return lines(name).stream().filter(line -> line.contains(part)).findFirst().orElseThrow();
  }

  private static String value(String line, String field) {
    Matcher found = Pattern.compile("\"" + field + "\":\"([^\"]*)\"").matcher(line);
    assertThat(found.find()).as(line).isTrue();
    return found.group(1);
  }

  private static void ask(TestSite site, String text) {
    try (RawClient client = new RawClient(site.http())) {
      client.send(text).read();
    }
  }

  @Test
  void aRequestThatIsServedHasWhatCameAndWhatBecameOfIt() throws IOException {
    try (AccessLog log = open("json", AccessLog.Format.JSON)) {
      try (TestBackend backend = TestBackend.saying("hello");
          TestSite fra = TestSite.logging("fra", 1, log)) {
        fra.publish(Signal.UP, backends(backend));
        ask(
            fra,
            RawClient.wire(
                """
            POST /a"b?c HTTP/1.1
            Host: shop.test
            User-Agent: curl/8 "x"
            Referer: http://x.test/
            Content-Length: 4
            Connection: close

            body"""));
      }
    }
    assertThat(lines("json")).hasSize(1);
    String line = lines("json").getFirst();
    assertThat(line)
        .matches(
            "\\{\"time\":\"20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z\",\"node\":\"fra\",\"hop\":0,\"client\":\"127.0.0.1\",.*}")
        .contains("\"method\":\"POST\",\"scheme\":\"http\",\"host\":\"shop.test\"")
        .contains("\"target\":\"/a\\\"b?c\",\"protocol\":\"HTTP/1.1\",\"status\":200")
        .contains("\"bytes_sent\":5,\"bytes_received\":4,\"duration_us\":")
        .containsPattern("\"first_byte_us\":\\d+,\"service\":\"shop\"")
        .contains("\"outcome\":\"serve\",\"reason\":\"LOCAL_UP\",\"upstream\":\"127.0.0.1:")
        .contains("\"attempts\":1,\"referer\":\"http://x.test/\"")
        .endsWith("\"user_agent\":\"curl/8 \\\"x\\\"\"}");
  }

  @Test
  void aForwardedRequestHasALineAtBothNodes() throws IOException {
    try (AccessLog near = open("near", AccessLog.Format.JSON);
        AccessLog far = open("far", AccessLog.Format.JSON)) {
      try (TestBackend backend = TestBackend.saying("from nyc");
          TestSite fra = TestSite.logging("fra", 1, near);
          TestSite nyc = TestSite.logging("nyc", 2, far)) {
        nyc.publish(Signal.UP, backends(backend));
        fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
        assertThat(RawClient.get(fra.http(), "shop.test", "/x").status()).isEqualTo(200);
      }
    }
    assertThat(lines("near").getFirst())
        .contains("\"outcome\":\"forward\",\"reason\":\"REMOTE_UP\",\"upstream\":\"nyc\"")
        .doesNotContain("from_node");
    assertThat(lines("far").getFirst())
        .contains("\"node\":\"nyc\",\"hop\":1,\"client\":")
        .contains("\"from_node\":\"lander\",\"request_id\"")
        .contains("\"outcome\":\"serve\",\"reason\":\"LOCAL_UP\"");
  }

  @Test
  void aRequestHasOneIdAtBothNodesAndAtTheBackendWhateverTheClientSent() throws IOException {
    String parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    try (AccessLog near = open("near", AccessLog.Format.JSON);
        AccessLog far = open("far", AccessLog.Format.JSON)) {
      try (TestBackend backend = TestBackend.saying("from nyc");
          TestSite fra = TestSite.logging("fra", 1, near);
          TestSite nyc = TestSite.logging("nyc", 2, far)) {
        nyc.publish(Signal.UP, backends(backend));
        fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
        ask(
            fra,
            RawClient.wire(
                "GET /x HTTP/1.1\nHost: shop.test\nX-Request-ID: mine\ntraceparent: "
                    + parent
                    + "\ntracestate: a=b\n\n"));
        TestBackend.Received received = backend.received.getFirst();
        String id = received.all("x-request-id").getFirst();
        assertThat(id).matches("[0-9a-f]{32}");
        assertThat(received.all("x-request-id")).hasSize(1);
        assertThat(received.all("traceparent")).containsExactly(parent);
        assertThat(received.all("tracestate")).containsExactly("a=b");
      }
    }
    String id = value(lines("near").getFirst(), "request_id");
    assertThat(value(lines("far").getFirst(), "request_id")).isEqualTo(id);
    assertThat(value(lines("far").getFirst(), "trace_id"))
        .isEqualTo(value(lines("near").getFirst(), "trace_id"))
        .isEqualTo("0af7651916cd43dd8448eb211c80319c");
  }

  @Test
  void whatIsDeclinedOrRefusedHasALineToo() throws IOException {
    try (AccessLog log = open("json", AccessLog.Format.JSON)) {
      try (TestSite fra = TestSite.logging("fra", 1, log)) {
        assertThat(RawClient.get(fra.http(), "other.test", "/x").status()).isEqualTo(421);
        ask(fra, "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
      }
    }
    assertThat(lines("json")).hasSize(2);
    // The two connections may be on two event loops.
    assertThat(line("json", "UNKNOWN_HOST"))
        .contains("\"status\":421,\"bytes_sent\":")
        .contains("\"outcome\":\"decline\",\"reason\":\"UNKNOWN_HOST\",\"attempts\":0");
    assertThat(line("json", "HOST_REPEATED"))
        .contains("\"client\":\"127.0.0.1\",\"status\":400,\"bytes_sent\":")
        .endsWith("\"outcome\":\"refuse\",\"reason\":\"HOST_REPEATED\"}");
  }

  @Test
  void theCombinedFormatIsTheOneThatToolsKnow() throws IOException {
    try (AccessLog log = open("combined", AccessLog.Format.COMBINED)) {
      try (TestBackend backend = TestBackend.saying("hello");
          TestSite fra = TestSite.logging("fra", 1, log)) {
        fra.publish(Signal.UP, backends(backend));
        RawClient.get(fra.http(), "shop.test", "/a?b");
        ask(fra, "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
      }
    }
    assertThat(line("combined", "/a?b"))
        .matches(
            "127\\.0\\.0\\.1 - - \\[\\d\\d/[A-Z][a-z]{2}/20\\d\\d:\\d\\d:\\d\\d:\\d\\d \\+0000] "
                + "\"GET /a\\?b HTTP/1\\.1\" 200 5 \"-\" \"-\"");
    assertThat(line("combined", " 400 "))
        .matches("127\\.0\\.0\\.1 - - \\[.* \\+0000] \"-\" 400 \\d+ \"-\" \"-\"");
  }
}

package io.landfall.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class BackendTest {
  /** Everything that a backend says to these bytes. */
  private static String say(String bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    BackendConnection connection =
        new BackendConnection(
            new Backend("shop", "fra"),
            new ByteArrayInputStream(bytes.getBytes(StandardCharsets.ISO_8859_1)),
            out);
    while (connection.answerOne()) {
      // Until it closes.
    }
    return out.toString(StandardCharsets.ISO_8859_1);
  }

  @Test
  void itSaysWhichServiceAndSiteItIs() throws Exception {
    assertThat(say("GET /a?b=\"c HTTP/1.1\r\nHost: shop.lab\r\n\r\n"))
        .startsWith("HTTP/1.1 200 OK\r\n")
        .contains("X-Lab-Backend: shop@fra\r\n")
        .endsWith(
            "{\"service\":\"shop\",\"site\":\"fra\",\"method\":\"GET\","
                + "\"path\":\"/a?b=\\\"c\",\"bytesReceived\":0}\n");
  }

  @Test
  void itCountsABodyOfEitherFramingAndTakesTheNextRequest() throws Exception {
    String answers =
        say(
            "POST /one HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello"
                + "POST /two HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nTrailer: 1\r\n\r\n"
                + "GET /three HTTP/1.1\r\nConnection: close\r\n\r\nGET /never HTTP/1.1\r\n\r\n");

    assertThat(answers)
        .containsSubsequence(
            "\"/one\",\"bytesReceived\":5", "\"/two\",\"bytesReceived\":13", "\"/three\"")
        .doesNotContain("/never");
  }

  @Test
  void itAnswersExpectContinueBeforeTheBody() throws Exception {
    assertThat(say("PUT / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx"))
        .startsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n");
  }

  @Test
  void itSendsAsManyBytesAsAreAskedForAndNoneToHead() throws Exception {
    assertThat(say("GET /bytes/100000 HTTP/1.1\r\n\r\n")).hasSizeGreaterThan(100_000);
    assertThat(say("HEAD /bytes/100000 HTTP/1.1\r\n\r\n"))
        .contains("Content-Length: 100000\r\n")
        .endsWith("\r\n\r\n");
  }

  @Test
  void itAnswersWithTheStatusAskedFor() throws Exception {
    assertThat(say("GET /status/503 HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 503 ");
    assertThat(say("GET /status/204 HTTP/1.1\r\n\r\n")).endsWith("X-Lab-Backend: shop@fra\r\n\r\n");
  }

  @Test
  void bytesThatAreNoHttpEndTheConnection() {
    assertThatThrownBy(() -> say("nonsense\r\n\r\n")).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> say("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab"))
        .isInstanceOf(IOException.class);
  }
}

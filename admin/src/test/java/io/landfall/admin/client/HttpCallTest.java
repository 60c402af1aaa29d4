package io.landfall.admin.client;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpCallTest {
  private static final long AT_ONCE_MILLIS = 50;

  /** More than a queue of one connection holds. */
  private static final int MOST_QUEUED = 16;

  @TempDir Path dir;

  private static HttpCall.Answer parse(String answer) throws IOException {
    return HttpCall.parse(answer.getBytes(UTF_8));
  }

  @Test
  void anAnswerIsItsStatusItsFieldsAndItsBody() throws IOException {
    HttpCall.Answer answer =
        parse(
            "HTTP/1.1 404 Not Found\r\nVia: 1.1 a\r\nvia: 1.1 b\r\nContent-Length: 3\r\n\r\n\u00e9!");
    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.headers("VIA")).containsExactly("1.1 a", "1.1 b");
    assertThat(answer.header("content-length")).contains("3");
    assertThat(answer.header("date")).isEmpty();
    assertThat(answer.body()).isEqualTo("\u00e9!");
  }

  @Test
  void chunksAreOneBody() throws IOException {
    HttpCall.Answer answer =
        parse(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\nB\r\n0123456789A\r\n0\r\n\r\n");
    assertThat(answer.body()).isEqualTo("abc0123456789A");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 4\r\n\r\nabc",
        "Content-Length: 2\r\n\r\nabc",
        "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        "Transfer-Encoding: chunked\r\n\r\n9\r\nabc"
      })
  void anAnswerThatIsNotAsLongAsItSaysWasCutOff(String rest) {
    assertThatThrownBy(() -> parse("HTTP/1.1 200 OK\r\n" + rest))
        .isInstanceOf(IOException.class)
        .hasMessage("its answer was cut off");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.0 200 OK\r\n\r\n",
        "HTTP/1.1 2x0 OK\r\n\r\n",
        "HTTP/1.1 20\r\n\r\n",
        "SSH-2.0\r\n\r\n"
      })
  void whatIsNoHttpIsSoCalled(String answer) {
    assertThatThrownBy(() -> parse(answer))
        .isInstanceOf(IOException.class)
        .hasMessage("what answers there does not speak HTTP/1.1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "-3", "ffffffff", ""})
  void aLengthOfAChunkThatIsNoneIsRefused(String size) {
    assertThatThrownBy(
            () -> parse("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + size + "\r\n"))
        .isInstanceOf(IOException.class)
        .hasMessage("its chunks are not HTTP/1.1");
  }

  @Test
  void aRequestHasItsLengthInBytesAndASpeakersOwnHost() {
    HttpCall.Request request = HttpCall.Request.json("POST", "shop.lab", "/a?b", "\u00e9");
    assertThat(new String(request.bytes(), UTF_8))
        .isEqualTo(
            "POST /a?b HTTP/1.1\r\nHost: shop.lab\r\nConnection: close\r\n"
                + "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n\u00e9");
    HttpCall.Request bare = new HttpCall.Request("GET", "h", "/", List.of("A: b"), "");
    assertThat(new String(bare.bytes(), US_ASCII))
        .isEqualTo("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nA: b\r\n\r\n");
  }

  @Test
  void whoDoesNotAnswerIsNotWaitedForLonger() throws IOException {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(dir.resolve("silent"));
    try (ServerSocketChannel silent = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      silent.bind(address);
      assertThatThrownBy(() -> HttpCall.get(address, "localhost", "/", AT_ONCE_MILLIS))
          .isInstanceOf(SocketTimeoutException.class)
          .hasMessage("no answer within 0.05 s");
    }
  }

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void whoAcceptsNoConnectionIsNotWaitedForLonger() throws IOException {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(dir.resolve("full"));
    List<SocketChannel> queued = new ArrayList<>();
    try (ServerSocketChannel busy = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      busy.bind(address, 1);
      fill(address, queued);
      assertThatThrownBy(() -> HttpCall.get(address, "localhost", "/", AT_ONCE_MILLIS))
          .isInstanceOf(SocketTimeoutException.class)
          .hasMessage("no answer within 0.05 s");
    } finally {
      for (SocketChannel each : queued) {
        each.close();
      }
    }
  }

  /** Connects until a further connection would have to wait for its turn. */
  private static void fill(SocketAddress address, List<SocketChannel> queued) throws IOException {
    boolean fits = true;
    while (fits && queued.size() < MOST_QUEUED) {
      SocketChannel next = SocketChannel.open(StandardProtocolFamily.UNIX);
      queued.add(next);
      next.configureBlocking(false);
      try {
        fits = next.connect(address);
      } catch (IOException full) {
        fits = false;
      }
    }
    assertThat(fits).as("the queue of connections is full").isFalse();
  }
}

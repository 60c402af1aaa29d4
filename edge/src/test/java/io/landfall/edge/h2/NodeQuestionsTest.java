package io.landfall.edge.h2;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.EdgePorts;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.UnreadChannel;
import io.landfall.edge.server.TestSite;
import io.netty.handler.codec.http2.Http2Error;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a node asks another node itself: no client can, and no service sees it. */
@ExtendWith(UnreadChannel.Closed.class)
class NodeQuestionsTest {
  private static final byte[] ASKED = "which purges?".getBytes(StandardCharsets.US_ASCII);

  private final TestBackend atNyc = TestBackend.saying("nyc");
  private final TestSite fra = new TestSite("fra", 1);
  private final TestSite nyc = new TestSite("nyc", 2);

  @BeforeEach
  void nycServesAndFraForwards() {
    nyc.publish(Signal.UP, backends(atNyc));
    fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
  }

  @AfterEach
  void stop() {
    fra.close();
    nyc.close();
    atNyc.close();
  }

  /** HPACK (RFC 7541): POST / at nyc, with this scheme. */
  private static byte[] head(String scheme) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.write(0x83);
    block.write(0x06);
    block.write(scheme.length());
    block.writeBytes(scheme.getBytes(StandardCharsets.US_ASCII));
    block.write(0x01);
    block.write(3);
    block.writeBytes("nyc".getBytes(StandardCharsets.US_ASCII));
    block.write(0x84);
    return block.toByteArray();
  }

  private static RawFrames hello() {
    return new RawFrames().preface().settings(0, 0);
  }

  private static RawFrames question(RawFrames frames, int stream, byte[] body) {
    return frames
        .headers(stream, false, head(EdgePorts.QUESTION_SCHEME))
        .frame(RawFrames.DATA, RawFrames.END_STREAM, stream, body);
  }

  /** Sends this to nyc as another node, and reads until a frame of this type has come. */
  private RawFrames.Frame answerTo(RawFrames frames, int type) throws IOException {
    try (Socket socket = new Socket(nyc.overlay().getAddress(), nyc.overlay().getPort())) {
      socket.setSoTimeout(RawClient.DEADLINE_MILLIS);
      socket.getOutputStream().write(frames.bytes());
      ByteArrayOutputStream came = new ByteArrayOutputStream();
      byte[] some = new byte[4096];
      for (int n = socket.getInputStream().read(some);
          n >= 0;
          n = socket.getInputStream().read(some)) {
        came.write(some, 0, n);
        for (RawFrames.Frame frame : RawFrames.parse(came.toByteArray())) {
          if (frame.type() == type && frame.stream() != 0) {
            return frame;
          }
        }
      }
      throw new AssertionError("the connection ended");
    }
  }

  @Test
  void aQuestionIsAnsweredByTheNodeAndNoBackendSeesIt() throws IOException {
    nyc.answer = CompletableFuture.completedFuture("these".getBytes(StandardCharsets.US_ASCII));
    RawFrames.Frame body = answerTo(question(hello(), 1, ASKED), RawFrames.DATA);
    assertThat(body.payload()).asString(StandardCharsets.US_ASCII).isEqualTo("these");
    assertThat(nyc.questions).containsExactly(ASKED);
    assertThat(atNyc.received).isEmpty();
  }

  @Test
  void noRequestOfAClientIsAQuestionNorMadeOneWhenItIsForwarded() {
    for (String request :
        List.of(
            "POST landfall://shop.test/ HTTP/1.1\r\nHost: shop.test\r\n",
            "POST landfall:/ HTTP/1.1\r\nHost: shop.test\r\n",
            "POST / HTTP/1.1\r\nHost: landfall://nyc\r\n",
            "POST / HTTP/1.1\r\nHost: shop.test\r\n:scheme: landfall\r\n",
            "POST / HTTP/1.1\r\nHost: shop.test\r\nscheme: landfall\r\n",
            "POST / HTTP/1.1\r\nHost: shop.test\r\nX-Forwarded-Proto: landfall\r\n",
            "POST / HTTP/1.1\r\nHost: shop.test\r\nX-Forwarded-Scheme: landfall\r\n",
            "POST / HTTP/1.1\r\nHost: shop.test\r\nForwarded: proto=landfall\r\n",
            "PURGE / HTTP/1.1\r\nHost: shop.test\r\n",
            "POST / HTTP/1.1\r\nHost: shop.test\r\n")) {
      try (RawClient client = new RawClient(fra.http())) {
        client.send(request + "Content-Length: 13\r\n\r\nwhich purges?").read();
      }
    }
    assertThat(atNyc.received).hasSizeGreaterThanOrEqualTo(4);
    assertThat(nyc.questions).isEmpty();
    assertThat(fra.questions).isEmpty();
  }

  @Test
  void aRequestOfANodeWithAnotherSchemeIsRefusedAndNoQuestion() throws IOException {
    RawFrames frames = hello().headers(1, true, head("landfalls"));
    assertThat(answerTo(frames, RawFrames.HEADERS).stream()).isEqualTo(1);
    assertThat(nyc.questions).isEmpty();
    assertThat(atNyc.received).isEmpty();
  }

  @Test
  void aNodeWithThreeQuestionsOpenIsRefusedAFourth() throws IOException {
    nyc.answer = new CompletableFuture<>();
    RawFrames four = hello();
    for (int stream = 1; stream <= 7; stream += 2) {
      question(four, stream, ASKED);
    }
    RawFrames.Frame reset = answerTo(four, RawFrames.RST_STREAM);
    assertThat(reset.stream()).isEqualTo(7);
    assertThat(Http2Error.valueOf(reset.error())).isEqualTo(Http2Error.REFUSED_STREAM);
    assertThat(nyc.questions).hasSize(3);
  }

  @Test
  void aQuestionThatIsTooLongIsResetAndNotKept() throws IOException {
    RawFrames frames = hello().headers(1, false, head(EdgePorts.QUESTION_SCHEME));
    byte[] piece = new byte[16_384];
    for (int sent = 0; sent <= EdgePorts.MAX_QUESTION_BYTES; sent += piece.length) {
      frames.frame(RawFrames.DATA, 0, 1, piece);
    }
    RawFrames.Frame reset = answerTo(frames, RawFrames.RST_STREAM);
    assertThat(Http2Error.valueOf(reset.error())).isIn(Http2Error.ENHANCE_YOUR_CALM);
    assertThat(nyc.questions).isEmpty();
  }

  @Test
  void aNodeWithoutAnAnswerSaysSo() throws IOException {
    nyc.answer = CompletableFuture.failedFuture(new IllegalStateException("none"));
    RawFrames.Frame head = answerTo(question(hello(), 1, ASKED), RawFrames.HEADERS);
    assertThat(head.flags() & RawFrames.END_STREAM).isNotZero();
    assertThat(nyc.questions).hasSize(1);
  }
}

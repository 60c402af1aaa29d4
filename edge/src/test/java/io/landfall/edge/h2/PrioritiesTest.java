package io.landfall.edge.h2;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.TestBackend;
import io.landfall.edge.h2.RawFrames.Frame;
import io.landfall.edge.server.TestSite;
import java.io.BufferedInputStream;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Which of two downloads gets the client's link (RFC 9218 section 10). */
class PrioritiesTest {
  private static final int BODY_BYTES = 16 << 20;
  private static final int WINDOW_BYTES = 1 << 30;
  private static final int RECEIVE_BUFFER_BYTES = 32 * 1024;

  /** The client's link: about 32 MB/s, which is less than a backend here sends. */
  private static final int STEP_BYTES = 64 * 1024;

  private static final long STEP_NANOS = 2_000_000;

  private static TestBackend backend() {
    return new TestBackend(
        (request, in, out) -> {
          String head = "HTTP/1.1 200 OK\r\nContent-Length: " + BODY_BYTES + "\r\n\r\n";
          out.write(head.getBytes(StandardCharsets.US_ASCII));
          byte[] piece = new byte[STEP_BYTES];
          for (int sent = 0; sent < BODY_BYTES; sent += piece.length) {
            out.write(piece);
          }
          out.flush();
          return true;
        });
  }

  private static RawFrames twoRequests() {
    return new RawFrames()
        .preface()
        .settings(RawFrames.INITIAL_WINDOW_SIZE, WINDOW_BYTES)
        .windowUpdate(0, WINDOW_BYTES)
        .headers(1, true, H2Client.request("GET", "/", "priority", "u=5, i"))
        .headers(3, true, H2Client.request("GET", "/", "priority", "u=1, i"));
  }

  @Test
  void theMoreUrgentOfTwoLongDownloadsGetsMoreOfALinkThatIsTooSlowForBoth() throws Exception {
    try (TestBackend backend = backend();
        TestSite fra = new TestSite("fra", 1);
        Socket socket = new Socket()) {
      fra.publish(Signal.UP, backends(backend));
      socket.setReceiveBufferSize(RECEIVE_BUFFER_BYTES);
      socket.connect(fra.http());
      socket.getOutputStream().write(twoRequests().bytes());
      InputStream in = new BufferedInputStream(socket.getInputStream());
      int[] got = new int[4];
      int step = 0;
      while (got[3] < BODY_BYTES) {
        Frame frame = RawFrames.read(in);
        if (frame.type() == RawFrames.DATA) {
          got[frame.stream()] += frame.payload().length;
        }
        if (got[1] + got[3] > step) {
          step += STEP_BYTES;
          LockSupport.parkNanos(STEP_NANOS);
        }
      }
      // On an idle machine it has less than half; where they share evenly, all.
      assertThat(got[1]).isLessThan(BODY_BYTES);
    }
  }
}

package io.landfall.edge.h1;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.edge.h1.BackendResponseReader.Progress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What the data plane would make of a response, for whoever asks before a client does. */
class BackendResponseReaderTest {
  private final BackendResponseReader reader =
      new BackendResponseReader(BackendResponseReader.limits(1024));

  private static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
  }

  private void refuses(String text, String why) {
    BackendResponseReader fresh = new BackendResponseReader(BackendResponseReader.limits(1024));
    assertThat(fresh.read(bytes(text))).as(text).isEqualTo(Progress.REFUSED);
    assertThat(fresh.refusal()).as(text).contains(why);
  }

  @Test
  void whatTheEdgeAnswersWith502IsRefusedWithTheSameRule() {
    refuses("HTTP/1.1 200 OK\nContent-Length: 0\n\n", "a line ends with LF alone");
    refuses("HTTP/1.1 200 OK\r\nA: b\n\r\n", "a line ends with LF alone");
    refuses("SSH-2.0-OpenSSH\r\n\r\n", "the status line is malformed");
    refuses("HTTP/1.1 999 X\r\n\r\n", "the status line is malformed");
    refuses("HTTP/1.1 101 X\r\n\r\n", "the status line is malformed");
    refuses("HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\n", "Content-Length");
    refuses("HTTP/1.1 200 OK\r\nX: " + "x".repeat(2000), "");
    refuses("HTTP/1.1 103 X\r\n\r\n".repeat(20), "the status line is malformed");
  }

  @Test
  void responsesFollowEachOtherOnOneConnection() {
    String interim = "HTTP/1.1 103 Early Hints\r\nA: b\r\n\r\n";
    String empty = "HTTP/1.1 204 No Content\r\n\r\n";
    String head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    String chunks = "3\r\nabc\r\n0\r\n\r\n";
    String last = "HTTP/1.1 404 X\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno";
    ByteBuf in = bytes(interim + empty + head + chunks + last);
    for (int status : new int[] {204, 200, 404}) {
      assertThat(reader.read(in)).isEqualTo(Progress.HEAD);
      assertThat(reader.status()).isEqualTo(status);
      assertThat(reader.isReusable()).isEqualTo(status != 404);
      assertThat(reader.read(in)).isEqualTo(Progress.END);
    }
    assertThat(in.isReadable()).isFalse();
  }

  @Test
  void aResponseMayArriveByteByByte() {
    String text = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    ByteBuf in = Unpooled.buffer();
    StringBuilder steps = new StringBuilder();
    for (byte each : text.getBytes(StandardCharsets.ISO_8859_1)) {
      in.writeByte(each);
      Progress progress = reader.read(in);
      steps.append(progress == Progress.MORE ? "" : progress + " ");
    }
    assertThat(steps).hasToString("HEAD END ");
  }
}

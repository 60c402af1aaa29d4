package io.landfall.checks.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/** What lasts longer than a takeover: a download, an upload and a WebSocket, each half done. */
final class TakeoverTransfers implements AutoCloseable {
  private static final int BYTES = 64 << 20;
  private static final int HALF = BYTES / 2;

  private final Socket download;
  private final InputStream downloaded;
  private final CRC32C sum = new CRC32C();
  private final Socket upload;
  private final Socket tunnel;

  TakeoverTransfers(InetSocketAddress node) throws IOException {
    download = TakeoverClients.connect(node);
    TakeoverClients.send(download, "GET /bytes/" + BYTES + " HTTP/1.1\r\nHost: shop.test\r\n\r\n");
    downloaded = new BufferedInputStream(download.getInputStream());
    assertThat(StreamingOrigin.line(downloaded)).contains(" 200 ");
    while (!StreamingOrigin.line(downloaded).isEmpty()) {
      // The rest of the head.
    }
    read(HALF);

    upload = TakeoverClients.connect(node);
    TakeoverClients.send(
        upload, "POST /up HTTP/1.1\r\nHost: shop.test\r\nContent-Length: " + BYTES + "\r\n\r\n");
    write(HALF);

    tunnel = TakeoverClients.connect(node);
    TakeoverClients.send(
        tunnel,
        """
        GET /ws HTTP/1.1
        Host: shop.test
        Connection: upgrade
        Upgrade: websocket
        Sec-WebSocket-Version: 13
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==

        """
            .replace("\n", "\r\n"));
    InputStream in = tunnel.getInputStream();
    assertThat(StreamingOrigin.line(in)).contains(" 101 ");
    while (!StreamingOrigin.line(in).isEmpty()) {
      // The rest of the head.
    }
    echo("before");
  }

  private void read(int bytes) throws IOException {
    byte[] buffer = new byte[64 << 10];
    for (int left = bytes; left > 0; ) {
      int now = downloaded.read(buffer, 0, Math.min(left, buffer.length));
      assertThat(now).as("the download goes on").isPositive();
      sum.update(buffer, 0, now);
      left -= now;
    }
  }

  private void write(int bytes) throws IOException {
    byte[] pattern = StreamingOrigin.pattern();
    for (int left = bytes; left > 0; left -= pattern.length) {
      upload.getOutputStream().write(pattern, 0, Math.min(left, pattern.length));
    }
  }

  private void echo(String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    tunnel.getOutputStream().write(bytes);
    assertThat(tunnel.getInputStream().readNBytes(bytes.length)).isEqualTo(bytes);
  }

  /** Does the other half of each. */
  void finish() throws IOException {
    echo("after");
    tunnel.close();
    read(HALF);
    assertThat(sum.getValue()).isEqualTo(StreamingOrigin.checksum(BYTES));
    write(HALF);
    TakeoverClients.Answer answer = TakeoverClients.Answer.read(upload.getInputStream());
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(Long.toString(StreamingOrigin.checksum(BYTES)));
  }

  @Override
  public void close() throws IOException {
    closeConnections();
  }

  void closeConnections() throws IOException {
    download.close();
    upload.close();
    tunnel.close();
  }
}

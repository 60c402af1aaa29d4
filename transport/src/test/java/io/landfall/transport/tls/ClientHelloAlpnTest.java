package io.landfall.transport.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.transport.tls.ClientHelloAlpn.Verdict;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;

/** Real ClientHellos, whole, cut short and harmed; looking never consumes a byte. */
class ClientHelloAlpnTest {
  private static byte[] hello(String... protocols) throws SSLException, NoSuchAlgorithmException {
    SSLEngine engine = SSLContext.getDefault().createSSLEngine();
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setApplicationProtocols(protocols);
    engine.setSSLParameters(parameters);
    engine.beginHandshake();
    ByteBuffer out = ByteBuffer.allocate(32_768);
    engine.wrap(ByteBuffer.allocate(0), out);
    return Arrays.copyOf(out.array(), out.position());
  }

  private static Verdict look(byte[] bytes) {
    var buffer = Unpooled.wrappedBuffer(bytes);
    Verdict verdict = ClientHelloAlpn.look(buffer);
    assertThat(buffer.readableBytes()).isEqualTo(bytes.length);
    return verdict;
  }

  @Test
  void bgpIsSeenWhereverItStandsInTheList() throws Exception {
    assertThat(look(hello("landfall-bgp/1"))).isEqualTo(Verdict.BGP);
    assertThat(look(hello("h2", "landfall-bgp/1"))).isEqualTo(Verdict.BGP);
  }

  @Test
  void whatDoesNotAskForBgpIsLeftToTheOtherEngine() throws Exception {
    assertThat(look(hello("h2"))).isEqualTo(Verdict.OTHER);
    assertThat(look(hello())).isEqualTo(Verdict.OTHER);
    assertThat(look("GET / HTTP/1.1\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII)))
        .isEqualTo(Verdict.OTHER);
    assertThat(look(new byte[] {'G'})).isEqualTo(Verdict.OTHER);
  }

  @Test
  void aPartOfAClientHelloIsNotYetAnAnswer() throws Exception {
    byte[] whole = hello("landfall-bgp/1");
    for (int length = 0; length < whole.length; length++) {
      assertThat(look(Arrays.copyOf(whole, length)))
          .as("%d bytes", length)
          .isEqualTo(Verdict.INCOMPLETE);
    }
  }

  @Test
  void noHarmedByteLeadsOutOfTheRecord() throws Exception {
    byte[] whole = hello("landfall-bgp/1");
    for (int at = 0; at < whole.length; at++) {
      for (int value : List.of(0, 1, 0x7f, 0xff)) {
        byte[] harmed = whole.clone();
        harmed[at] = (byte) value;
        assertThat(look(harmed)).isIn((Object[]) Verdict.values());
      }
    }
  }
}

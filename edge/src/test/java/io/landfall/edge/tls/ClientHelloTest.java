package io.landfall.edge.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.landfall.edge.TlsContexts.KeyKind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;

/** What is read of a ClientHello, whole, cut off and made of anything. */
class ClientHelloTest {
  /** The headers of the record and of the handshake message. */
  private static final int HEADER_BYTES = 9;

  private static ByteBuf hello(String[] versions, String[] schemes, String... protocols)
      throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, null, null);
    SSLEngine engine = context.createSSLEngine("shop.test", 443);
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setProtocols(versions);
    parameters.setSignatureSchemes(schemes);
    parameters.setApplicationProtocols(protocols);
    engine.setSSLParameters(parameters);
    engine.beginHandshake();
    ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    engine.wrap(ByteBuffer.allocate(0), out);
    out.flip();
    return Unpooled.wrappedBuffer(out).skipBytes(HEADER_BYTES);
  }

  @Test
  void theKeysThatAClientVerifiesFollowItsSignaturesAndItsVersion() throws Exception {
    String[] newest = {"TLSv1.3"};
    String[] older = {"TLSv1.2"};
    String[] ec = {"ecdsa_secp384r1_sha384"};
    String[] rsa = {"rsa_pkcs1_sha256"};
    String[] all = {"ecdsa_secp256r1_sha256", "rsa_pss_rsae_sha256", "rsa_pkcs1_sha256"};
    assertThat(new ClientHello(hello(newest, ec)).verifies()).containsOnly(KeyKind.EC_P384);
    assertThat(new ClientHello(hello(older, ec)).verifies())
        .containsOnly(KeyKind.EC_P384, KeyKind.RSA);
    assertThat(new ClientHello(hello(older, rsa)).verifies()).containsOnly(KeyKind.RSA);
    for (String[] versions : List.of(newest, older)) {
      assertThat(new ClientHello(hello(versions, all)).verifies())
          .containsOnly(KeyKind.EC_P256, KeyKind.RSA);
    }
  }

  @Test
  void oneThatIsCutOffOrNoneAtAllIsReadAsFarAsItGoes() throws Exception {
    ByteBuf whole =
        hello(new String[] {"TLSv1.3", "TLSv1.2"}, new String[] {"rsa_pss_rsae_sha256"}, "h3");
    assertThat(new ClientHello(whole).offersOthersOnly(List.of("h2"))).isTrue();
    assertThat(new ClientHello(whole).offersOthersOnly(List.of("h3"))).isFalse();
    for (int length = 0; length < whole.readableBytes(); length++) {
      assertRead(whole.slice(whole.readerIndex(), length));
    }
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 2_000; i++) {
      byte[] bytes = new byte[random.nextInt(200)];
      random.nextBytes(bytes);
      assertRead(Unpooled.wrappedBuffer(bytes));
    }
  }

  private static void assertRead(ByteBuf bytes) {
    assertThatCode(
            () -> {
              new ClientHello(bytes).verifies();
              new ClientHello(bytes).offersOthersOnly(List.of("h2"));
            })
        .doesNotThrowAnyException();
  }
}

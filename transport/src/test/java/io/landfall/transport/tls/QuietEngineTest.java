package io.landfall.transport.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.ca.CertificateAuthority;
import io.landfall.ca.CertificateRequest;
import io.landfall.testkit.TrustingTls;
import io.landfall.trust.Credentials;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslHandler;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How much a TLS peer may send that is no application data. */
class QuietEngineTest {
  private static final int DATA_BYTES = 16 * 1024;

  private SSLEngine peerEngine;
  private EmbeddedChannel peer;
  private EmbeddedChannel own;

  @BeforeEach
  void shakeHands() throws Exception {
    SSLContext context = context();
    peerEngine = context.createSSLEngine();
    peerEngine.setUseClientMode(true);
    SSLEngine ownEngine = context.createSSLEngine();
    ownEngine.setUseClientMode(false);
    SslHandler ownHandler = new SslHandler(new QuietEngine(ownEngine));
    own = new EmbeddedChannel(ownHandler);
    peer = new EmbeddedChannel(new SslHandler(peerEngine));
    exchange();
    assertThat(ownHandler.handshakeFuture().isSuccess()).isTrue();
    assertThat(ownEngine.getSession().getProtocol()).isEqualTo("TLSv1.3");
  }

  @AfterEach
  void close() {
    // Also what a handler has kept of a record that is not whole.
    peer.finishAndReleaseAll();
    own.finishAndReleaseAll();
  }

  /** Carries what both sides have written, until neither has more. */
  private void exchange() {
    ByteBuf bytes;
    boolean more = true;
    while (more) {
      more = false;
      while ((bytes = peer.readOutbound()) != null) {
        own.writeInbound(bytes);
        more = true;
      }
      while ((bytes = own.readOutbound()) != null) {
        peer.writeInbound(bytes);
        more = true;
      }
    }
  }

  /** Sends application data; returns how much has arrived. */
  private int send(int length) {
    peer.writeOutbound(Unpooled.wrappedBuffer(new byte[length]));
    exchange();
    int arrived = 0;
    ByteBuf data;
    while ((data = own.readInbound()) != null) {
      arrived += data.readableBytes();
      data.release();
    }
    return arrived;
  }

  /** In TLS 1.3 the JDK renews its keys, and asks the other side to, when a handshake is begun. */
  private void renewKeys() throws SSLException {
    peerEngine.beginHandshake();
    send(0);
  }

  private static SSLContext context() throws Exception {
    long now = System.currentTimeMillis();
    Credentials node =
        CertificateAuthority.generate("Test", now)
            .issue(CertificateRequest.site(List.of("fra.test"), now, 3_600_000));
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        "node", node.key(), new char[0], node.chain().toArray(new X509Certificate[0]));
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(store, new char[0]);
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(keys.getKeyManagers(), new TrustManager[] {TrustingTls.trusting()}, null);
    return context;
  }

  @Test
  void aPeerThatRenewsItsKeysWithoutEndIsCutOff() throws Exception {
    for (int i = 0; i < QuietEngine.MAX_RECORDS_WITHOUT_DATA; i++) {
      renewKeys();
    }
    assertThatThrownBy(this::renewKeys)
        .hasRootCauseInstanceOf(SSLException.class)
        .hasMessageContaining("33 TLS records without application data");
  }

  @Test
  void aByteInBetweenDoesNotHideIt() throws Exception {
    for (int i = 0; i < QuietEngine.MAX_RECORDS_WITHOUT_DATA; i++) {
      renewKeys();
      assertThat(send(1)).isEqualTo(1);
    }
    assertThatThrownBy(this::renewKeys).hasRootCauseInstanceOf(SSLException.class);
  }

  @Test
  void aPeerThatRenewsItsKeysNowAndThenIsNot() throws Exception {
    int records = (int) (QuietEngine.DATA_BYTES_PER_RECORD / DATA_BYTES);
    for (int i = 0; i < 2 * QuietEngine.MAX_RECORDS_WITHOUT_DATA; i++) {
      for (int k = 0; k < records; k++) {
        assertThat(send(DATA_BYTES)).isEqualTo(DATA_BYTES);
      }
      renewKeys();
    }
  }
}

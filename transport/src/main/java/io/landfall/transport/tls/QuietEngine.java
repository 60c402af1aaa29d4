package io.landfall.transport.tls;

import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;

/**
 * A TLS engine that bears only so many records which carry no application data.
 *
 * <p>After the handshake a peer may send KeyUpdate and NewSessionTicket (RFC 8446 section 4.6) and
 * empty records, as many as it likes. The JDK answers every KeyUpdate with one of its own, and
 * Netty reads on by itself as long as no application data comes, so neither the bytes that wait for
 * the peer nor the time of the event loop would have a bound. BoringSSL has a limit like this.
 */
final class QuietEngine extends SSLEngine {
  /** Records without application data that a peer may send at once; two tickets are usual. */
  static final int MAX_RECORDS_WITHOUT_DATA = 32;

  /** For each of so many bytes of application data it may send one more. */
  static final long DATA_BYTES_PER_RECORD = 1 << 20;

  private final SSLEngine engine;
  private boolean handshakeDone;
  private long dataBytes;
  private long recordsWithoutData;

  /** An engine that does what another does, which is used through this one only. */
  QuietEngine(SSLEngine engine) {
    super(engine.getPeerHost(), engine.getPeerPort());
    this.engine = engine;
  }

  @Override
  public SSLEngineResult unwrap(ByteBuffer source, ByteBuffer[] targets, int offset, int length)
      throws SSLException {
    boolean counts = handshakeDone;
    SSLEngineResult result = engine.unwrap(source, targets, offset, length);
    look(result);
    if (counts && result.bytesConsumed() > 0) {
      count(result.bytesProduced());
    }
    return result;
  }

  private void count(int produced) throws SSLException {
    dataBytes += produced;
    if (produced == 0
        && ++recordsWithoutData > MAX_RECORDS_WITHOUT_DATA + dataBytes / DATA_BYTES_PER_RECORD) {
      throw new SSLException(
          "the peer sent "
              + recordsWithoutData
              + " TLS records without application data, such as KeyUpdate");
    }
  }

  @Override
  public SSLEngineResult wrap(ByteBuffer[] sources, int offset, int length, ByteBuffer target)
      throws SSLException {
    SSLEngineResult result = engine.wrap(sources, offset, length, target);
    look(result);
    return result;
  }

  private void look(SSLEngineResult result) {
    handshakeDone |= result.getHandshakeStatus() == HandshakeStatus.FINISHED;
  }

  @Override
  public Runnable getDelegatedTask() {
    return engine.getDelegatedTask();
  }

  @Override
  public void closeInbound() throws SSLException {
    engine.closeInbound();
  }

  @Override
  public boolean isInboundDone() {
    return engine.isInboundDone();
  }

  @Override
  public void closeOutbound() {
    engine.closeOutbound();
  }

  @Override
  public boolean isOutboundDone() {
    return engine.isOutboundDone();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return engine.getSupportedCipherSuites();
  }

  @Override
  public String[] getEnabledCipherSuites() {
    return engine.getEnabledCipherSuites();
  }

  @Override
  public void setEnabledCipherSuites(String[] suites) {
    engine.setEnabledCipherSuites(suites);
  }

  @Override
  public String[] getSupportedProtocols() {
    return engine.getSupportedProtocols();
  }

  @Override
  public String[] getEnabledProtocols() {
    return engine.getEnabledProtocols();
  }

  @Override
  public void setEnabledProtocols(String[] protocols) {
    engine.setEnabledProtocols(protocols);
  }

  @Override
  public SSLSession getSession() {
    return engine.getSession();
  }

  @Override
  public SSLSession getHandshakeSession() {
    return engine.getHandshakeSession();
  }

  @Override
  public void beginHandshake() throws SSLException {
    engine.beginHandshake();
  }

  @Override
  public HandshakeStatus getHandshakeStatus() {
    return engine.getHandshakeStatus();
  }

  @Override
  public void setUseClientMode(boolean mode) {
    engine.setUseClientMode(mode);
  }

  @Override
  public boolean getUseClientMode() {
    return engine.getUseClientMode();
  }

  @Override
  public void setNeedClientAuth(boolean need) {
    engine.setNeedClientAuth(need);
  }

  @Override
  public boolean getNeedClientAuth() {
    return engine.getNeedClientAuth();
  }

  @Override
  public void setWantClientAuth(boolean want) {
    engine.setWantClientAuth(want);
  }

  @Override
  public boolean getWantClientAuth() {
    return engine.getWantClientAuth();
  }

  @Override
  public void setEnableSessionCreation(boolean create) {
    engine.setEnableSessionCreation(create);
  }

  @Override
  public boolean getEnableSessionCreation() {
    return engine.getEnableSessionCreation();
  }

  @Override
  public SSLParameters getSSLParameters() {
    return engine.getSSLParameters();
  }

  @Override
  public void setSSLParameters(SSLParameters parameters) {
    engine.setSSLParameters(parameters);
  }

  @Override
  public String getApplicationProtocol() {
    return engine.getApplicationProtocol();
  }

  @Override
  public String getHandshakeApplicationProtocol() {
    return engine.getHandshakeApplicationProtocol();
  }
}

package io.landfall.edge;

import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.decision.Candidate;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.CompletableFuture;

/**
 * What the edge needs of the node. All methods are called on event loops and must not block; a
 * callback that has work to do hands it to its own thread.
 */
public interface EdgePorts {
  /**
   * The {@code :scheme} of what other nodes ask this node itself; no request of a client has it.
   */
  String QUESTION_SCHEME = "landfall";

  /** The most bytes of such a question. */
  int MAX_QUESTION_BYTES = 512 * 1024;

  /** The newest snapshot; one volatile read. */
  EdgeSnapshot snapshot();

  /**
   * Opens a connection for forwarded requests to another node. The future succeeds with a channel
   * that is registered with {@code loop}, whose TLS handshake is done, whose peer is proved to be
   * the candidate, and which has negotiated {@code h2} (RFC 7301); it carries no HTTP handler yet.
   * The edge installs its own and owns the channel from then on.
   */
  Future<Channel> openH2(Candidate candidate, EventLoop loop);

  /** A backend showed that it may be dead: probe it at once. */
  void backendFailed(ServiceName service, InetSocketAddress backend, OriginFailure kind);

  /**
   * Another node asks this node itself something; its certificate has proved which one it is, and
   * its requests are served.
   *
   * @return the answer, on any thread; fails if there is none
   */
  default CompletableFuture<byte[]> asked(NodeName node, byte[] question) {
    return CompletableFuture.failedFuture(
        new UnsupportedOperationException("this node answers no questions"));
  }

  /**
   * A client wants a URL of a cached service purged, by the method PURGE.
   *
   * @param client where its connection comes from, whatever it names itself
   * @param soft whether responses become stale instead of gone
   * @return what became of it, on any thread; does not fail
   */
  default CompletableFuture<PurgeOutcome> purge(SocketAddress client, String url, boolean soft) {
    return CompletableFuture.completedFuture(PurgeOutcome.NOT_TAKEN);
  }

  /** How many connections to backends there may be at once, for the process's descriptors. */
  default int maxBackendConnections() {
    return Integer.MAX_VALUE;
  }

  /** What answers challenges of a CA that verifies the names of sites. */
  default ChallengeAnswers challenges() {
    return ChallengeAnswers.NONE;
  }

  /** A listener that worked has stopped accepting, for good. */
  void listenerFailed(InetSocketAddress listener, String why);
}

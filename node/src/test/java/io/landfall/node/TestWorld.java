package io.landfall.node;

import io.landfall.ca.CertificateAuthority;
import io.landfall.ca.CertificateRequest;
import io.landfall.core.Block;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.trust.Credentials;
import io.landfall.trust.TrustDomain;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * An overlay of real nodes in this process: one CA, one block, loopback addresses that nobody else
 * uses. Site n has the identity 10.32.0.n and the address 127.net.n.1.
 */
final class TestWorld implements AutoCloseable {
  static final Block BLOCK = Block.parse("10.32.0.0/23");
  static final TrustDomain DOMAIN = new TrustDomain("landfall.test");
  static final long DAY_MILLIS = 24L * 3600 * 1000;
  private static final int MOST_ATTEMPTS = 100;

  final Path folder;
  final Block block;
  final CertificateAuthority ca = CertificateAuthority.generate("Test", System.currentTimeMillis());
  private final Set<String> given = new TreeSet<>();
  private final int net;
  private final ServerSocket guard;
  private final Deque<AutoCloseable> toClose = new ArrayDeque<>();

  TestWorld(Path folder) {
    this(folder, BLOCK);
  }

  /** The same with identities of another block, such as an IPv6 one. */
  TestWorld(Path folder, Block block) {
    this.folder = folder;
    this.block = block;
    SplittableRandom random = new SplittableRandom(ProcessHandle.current().pid());
    ServerSocket found = null;
    int chosen = 0;
    for (int i = 0; found == null && i < 200; i++) {
      chosen = 20 + random.nextInt(200);
      found = guard(chosen);
    }
    if (found == null) {
      throw new IllegalStateException("no free loopback network");
    }
    guard = found;
    net = chosen;
    try {
      ca.save(folder.resolve("ca.pem"), folder.resolve("ca.key"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static @Nullable ServerSocket guard(int net) {
    try {
      return new ServerSocket(7401, 1, InetAddress.ofLiteral("127." + net + ".0.1"));
    } catch (IOException e) {
      return null;
    }
  }

  /** Closes it with the world. */
  <T extends AutoCloseable> T owned(T closeable) {
    toClose.push(closeable);
    return closeable;
  }

  InetAddress address(int site, int host) {
    return InetAddress.ofLiteral("127." + net + "." + site + "." + host);
  }

  /**
   * An address of a site with a port that was free a moment ago; the address is of this site alone.
   * The system may offer a port again as soon as it is closed, so none is given out twice.
   */
  InetSocketAddress free(int site) {
    for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      try (ServerSocket socket = new ServerSocket(0, 1, address(site, 1))) {
        InetSocketAddress found = (InetSocketAddress) socket.getLocalSocketAddress();
        if (given.add(found.toString())) {
          return found;
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    throw new IllegalStateException("no free port");
  }

  static HostAddress identity(int n) {
    return BLOCK.parseHost("10.32.0." + n);
  }

  /** What a good certificate of site n says. */
  static CertificateRequest request(String name, int n, String... services) {
    List<ServiceName> entitled = new ArrayList<>();
    for (String service : services) {
      entitled.add(new ServiceName(service));
    }
    return CertificateRequest.node(
        DOMAIN, new NodeName(name), identity(n), entitled, System.currentTimeMillis(), DAY_MILLIS);
  }

  /** A good certificate of site n. */
  Credentials credentials(String name, int n, String... services) {
    return ca.issue(request(name, n, services).withAddresses(block.host(n).toString()));
  }

  TestOrigin origin(String name, int site) {
    return owned(new TestOrigin(name, address(site, 11)));
  }

  /** A site that is configured and not started. */
  TestSite site(String name, int n) {
    return new TestSite(this, name, n);
  }

  @Override
  public void close() {
    while (!toClose.isEmpty()) {
      try {
        toClose.pop().close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
    try {
      guard.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

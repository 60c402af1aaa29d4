package io.landfall.checks.separation.bad.decision;

import java.net.InetAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Clock;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongSupplier;

/** Everything that a functional core room may not touch, once each. */
public final class BadTime {
  private final Clock clock = Clock.systemUTC();
  private final Random random = new Random();
  private final IdentityHashMap<Object, String> byIdentity = new IdentityHashMap<>();
  private final Map<Object, String> byHash = new HashMap<>();

  /** A method reference is a call too. */
  public LongSupplier reference() {
    return System::nanoTime;
  }

  /** A thread. */
  public void thread() {
    Thread.ofVirtual().start(() -> byHash.clear());
  }

  /** A socket. */
  public boolean socket(Socket socket) {
    return socket.isBound();
  }

  /** A resolver. */
  public InetAddress resolver() throws UnknownHostException {
    return InetAddress.getByName("localhost");
  }

  /** A parallel stream. */
  public long parallel(Collection<String> names) {
    return names.parallelStream().count() + clock.millis() + random.nextInt();
  }

  /** An identity hash. */
  public int identity() {
    return System.identityHashCode(byIdentity);
  }

  /** A salted order. */
  public List<String> salted() {
    return List.copyOf(Set.of("a", "b", UUID.randomUUID().toString()));
  }
}

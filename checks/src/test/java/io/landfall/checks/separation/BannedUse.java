package io.landfall.checks.separation;

import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * What a room of the functional core may not use, with the reason for each: its clock, its
 * randomness, its threads, its sockets and the order in which it walks a collection all come from
 * outside, so that one run can be repeated exactly.
 */
final class BannedUse {
  /** Types that a functional core room may not name at all. */
  enum Type {
    /** Threads and what hands work to them; TimeUnit and the collections are only values. */
    THREADS(
        "java\\.lang\\.(Thread|ThreadLocal|ScopedValue|InheritableThreadLocal)(\\$.*)?"
            + "|java\\.util\\.(Timer|TimerTask)"
            + "|java\\.util\\.concurrent\\.(?!TimeUnit$).*"),
    /** Sockets, files, resolvers: the edge of a room is a record. */
    SOCKETS_AND_FILES(
        "java\\.net\\.(?!InetAddress$|Inet4Address$|Inet6Address$|InetSocketAddress$"
            + "|UnknownHostException$|URI$|URISyntaxException$).*"
            + "|java\\.nio\\.(channels|file)\\..*"
            + "|java\\.io\\.(File|FileInputStream|FileOutputStream|FileReader|FileWriter"
            + "|RandomAccessFile)"
            + "|javax\\.net\\.ssl\\.(SSLSocket|SSLServerSocket).*"
            + "|io\\.netty\\..*"),
    /** Time comes in as a parameter. */
    CLOCKS("java\\.time\\.(Clock|InstantSource)(\\$.*)?"),
    /** Randomness comes in through the port Rng. */
    RANDOMNESS(
        "java\\.util\\.(Random|SplittableRandom)|java\\.util\\.random\\..*"
            + "|java\\.security\\.SecureRandom"),
    /** Their order depends on where an object lies in memory, or on the collector. */
    IDENTITY_ORDER("java\\.util\\.(IdentityHashMap|WeakHashMap)");

    private final String pattern;

    Type(String pattern) {
      this.pattern = pattern;
    }

    boolean matches(String typeName) {
      return Pattern.matches(pattern, typeName);
    }
  }

  /** Methods and constructors that it may not call or refer to, written as owner.name(count). */
  enum Call {
    /** Time comes in as a parameter. */
    READS_A_CLOCK(
        "java\\.lang\\.System\\.(nanoTime|currentTimeMillis)\\(0\\)"
            + "|java\\.time\\.\\w+\\.now\\(\\d\\)"
            + "|java\\.util\\.Date\\.<init>\\(0\\)|java\\.util\\.Calendar\\.getInstance\\(\\d\\)"),
    /** Randomness comes in through the port Rng. */
    DRAWS_RANDOMNESS("java\\.lang\\.Math\\.random\\(0\\)|java\\.util\\.UUID\\.randomUUID\\(0\\)"),
    /** A parallel stream runs on threads of its own. */
    GOES_PARALLEL(
        "java\\.util\\..*\\.(parallelStream|parallel)\\(0\\)|java\\.util\\.Arrays\\.parallel\\w+\\(\\d\\)"),
    /** An identity hash differs from run to run. */
    HASHES_IDENTITY("java\\.lang\\.System\\.identityHashCode\\(1\\)"),
    /** A resolver is a socket. */
    RESOLVES_NAMES(
        "java\\.net\\.InetAddress\\.(getByName|getAllByName|getLocalHost|isReachable"
            + "|getHostName|getCanonicalHostName)\\(\\d\\)"
            + "|java\\.net\\.InetSocketAddress\\.<init>\\(2\\)"),
    /**
     * Sets and maps of two and more entries made by these walk in an order that is salted anew in
     * each JVM, or (from collectors) that no one promised.
     */
    SALTED_ORDER(
        "java\\.util\\.Set\\.(of\\(([2-9]|10)\\)|copyOf\\(1\\))"
            + "|java\\.util\\.Map\\.(of\\(([4-9]|1\\d|20)\\)|copyOf\\(1\\)|ofEntries\\(1\\))"
            + "|java\\.util\\.stream\\.Collectors"
            + "\\.(toSet|toUnmodifiableSet|toUnmodifiableMap|toConcurrentMap)\\(\\d\\)"
            + "|java\\.util\\.stream\\.Collectors\\.toMap\\([23]\\)"
            + "|java\\.util\\.stream\\.Collectors\\.groupingBy\\([12]\\)"),
    /** Their order follows hash codes, and an enum's or a plain object's is its identity hash. */
    HASH_ORDER(
        "java\\.util\\.(HashSet|HashMap)\\.<init>\\(\\d\\)|java\\.util\\.HashMap\\.newHashMap\\(1\\)"
            + "|java\\.util\\.HashSet\\.newHashSet\\(1\\)");

    private final String pattern;

    Call(String pattern) {
      this.pattern = pattern;
    }

    boolean matches(String call) {
      return Pattern.matches(pattern, call);
    }
  }

  /**
   * Uses that are right all the same, each with its reason; one that is no longer needed fails the
   * build too.
   */
  enum Exempt {
    /**
     * The JDK's trust manager has a Socket in its signature, and passes null or ignores it here.
     */
    TRUST_MANAGER(
        "io.landfall.trust.LandfallTrustManager", "SOCKETS_AND_FILES: .*java.net.Socket.*"),
    /** Certificates and keys are files; they are read once, before anything is driven. */
    PEM("io.landfall.trust.Pem", "SOCKETS_AND_FILES: .*java.nio.file.*"),
    /** As above. */
    CREDENTIALS("io.landfall.trust.Credentials", "SOCKETS_AND_FILES: .*java.nio.file.*"),
    /** Handshakes run on many threads; a counter of refusals is all the state that they share. */
    ADMISSION("io.landfall.trust.Admission", "THREADS: .*java.util.concurrent.atomic.LongAdder.*"),
    /** Types of sockets, to write an address and a failure as text; no socket is used. */
    SOCKET_TEXT(
        "io.landfall.core.SocketText",
        "SOCKETS_AND_FILES: .*java.n(et.SocketAddress|io.channels.ClosedChannelException).*"),
    /** Types of failures, to write them as text; no file is used. */
    FAILURE_TEXT(
        "io.landfall.core.FailureText", "SOCKETS_AND_FILES: .*java.nio.file.\\w+Exception.*"),
    /** One map from a value to the one kept for it, looked up and never walked. */
    ATTRIBUTE_SETS("io.landfall.overlay.AttributeSets", "HASH_ORDER: .*java.util.HashMap.<init>.*"),
    /** A socket address of an address that is known: nothing is resolved. */
    FORWARDING_PLAN(
        "io.landfall.control.ForwardingPlan",
        "RESOLVES_NAMES: .*<java.net.InetSocketAddress.<init>\\(java.net.InetAddress, int\\)>.*"),
    /** Two maps keyed by text, looked up and never walked. */
    SERVICE_DIRECTORY(
        "io.landfall.decision.ServiceDirectory", "HASH_ORDER: .*java.util.HashMap.<init>.*");

    private final String type;
    private final String use;

    Exempt(String type, String use) {
      this.type = type;
      this.use = use;
    }

    boolean matches(JavaClass javaClass, String violation) {
      String outermost = javaClass.getName().replaceFirst("\\$.*", "");
      return outermost.equals(type) && Pattern.matches(use, violation);
    }

    /** The class that it speaks of. */
    String type() {
      return type;
    }
  }

  private BannedUse() {}

  /** Flags each class that names a banned type. */
  static ArchCondition<JavaClass> types(Consumer<Exempt> used) {
    return new ArchCondition<>("name no banned type") {
      @Override
      public void check(JavaClass javaClass, ConditionEvents events) {
        javaClass
            .getDirectDependenciesFromSelf()
            .forEach(
                dependency -> {
                  String name = dependency.getTargetClass().getBaseComponentType().getName();
                  for (Type type : Type.values()) {
                    if (type.matches(name)) {
                      report(javaClass, type + ": " + dependency.getDescription(), events, used);
                    }
                  }
                });
      }
    };
  }

  /** Flags each class that calls or refers to a banned method. */
  static ArchCondition<JavaClass> calls(Consumer<Exempt> used) {
    return new ArchCondition<>("make no banned call") {
      @Override
      public void check(JavaClass javaClass, ConditionEvents events) {
        javaClass
            .getAccessesFromSelf()
            .forEach(
                access ->
                    callOf(access)
                        .ifPresent(
                            call -> {
                              for (Call banned : Call.values()) {
                                if (banned.matches(call)) {
                                  report(
                                      javaClass,
                                      banned + ": " + access.getDescription(),
                                      events,
                                      used);
                                }
                              }
                            }));
      }
    };
  }

  private static void report(
      JavaClass javaClass, String violation, ConditionEvents events, Consumer<Exempt> used) {
    for (Exempt exempt : Exempt.values()) {
      if (exempt.matches(javaClass, violation)) {
        used.accept(exempt);
        return;
      }
    }
    events.add(SimpleConditionEvent.violated(javaClass, violation));
  }

  private static Optional<String> callOf(JavaAccess<?> access) {
    if (!(access.getTarget() instanceof CodeUnitAccessTarget target)) {
      return Optional.empty();
    }
    return Optional.of(
        target.getOwner().getName()
            + "."
            + target.getName()
            + "("
            + target.getRawParameterTypes().size()
            + ")");
  }
}

package io.landfall.checks.separation;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.util.JavacTask;
import io.landfall.checks.Rooms;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Layer 1: the types. A route of the wrong plane, or a prefix where only a host may be, has no
 * expression that compiles. Each wrong piece of code has a twin that differs in one place and does
 * compile, so that a failure is the types' doing and not a slip in the test.
 */
class TypesTest {
  /** Wrong code, its right twin, and the words with which the compiler must refuse. */
  enum Crossing {
    HOST_FROM_A_PREFIX(
        "HostAddress h(Block b, byte[] n) { return b.host(n, 24).orElseThrow(); }",
        "HostAddress h(Block b, byte[] n) { return b.host(n).orElseThrow(); }",
        "no suitable method found for host"),
    HOST_WITH_A_LENGTH(
        "HostAddress h(Block b) { return new HostAddress(b, 0, 24); }",
        "HostAddress h(Block b) { return new HostAddress(b, 0); }",
        "cannot be applied to given types"),
    HOST_FROM_BYTES_WITHOUT_A_BLOCK(
        "HostAddress h(byte[] a) { return new HostAddress(a); }",
        "byte[] h(HostAddress a) { return a.bytes(); }",
        "cannot be applied to given types"),
    ANYCAST_PREFIX_TO_THE_OVERLAY(
        "OverlayEvent e(AnycastPrefix p) { return new OverlayEvent.Originate(p, Signal.UP, 0); }",
        "OverlayEvent e(HostAddress p) { return new OverlayEvent.Originate(p, Signal.UP, 0); }",
        "AnycastPrefix cannot be converted to HostAddress"),
    BLOCK_TO_THE_OVERLAY(
        "OverlayEvent e(Block p) { return new OverlayEvent.Originate(p, Signal.UP, 0); }",
        "OverlayEvent e(HostAddress p) { return new OverlayEvent.Originate(p, Signal.UP, 0); }",
        "Block cannot be converted to HostAddress"),
    HOST_TO_INGRESS(
        "void a(List<AnycastPrefix> out, HostAddress p) { out.add(p); }",
        "void a(List<AnycastPrefix> out, AnycastPrefix p) { out.add(p); }",
        "HostAddress cannot be converted to AnycastPrefix"),
    ANYCAST_PREFIX_WITHOUT_SIGHT_OF_THE_BLOCK(
        "AnycastPrefix p(Block b) { return AnycastPrefix.parse(\"198.51.100.0/24\"); }",
        "AnycastPrefix p(Block b) { return AnycastPrefix.parse(\"198.51.100.0/24\", b); }",
        "cannot be applied to given types"),
    ANYCAST_PREFIX_BY_CONSTRUCTOR(
        "AnycastPrefix p(byte[] n) { return new AnycastPrefix(Family.IPV4_UNICAST, n, 0); }",
        "byte[] p(AnycastPrefix n) { return n.network(); }",
        "has private access"),
    ONE_PLANES_UPDATE_ON_THE_OTHERS_SESSION(
        "void s(Session<AnycastPrefix> s, UpdateMessage<HostAddress> u) { s.send(u, 0); }",
        "void s(Session<HostAddress> s, UpdateMessage<HostAddress> u) { s.send(u, 0); }",
        "UpdateMessage<HostAddress> cannot be converted to UpdateMessage<AnycastPrefix>"),
    ONE_PLANES_CODEC_FOR_THE_OTHERS_SESSION(
        "Session<AnycastPrefix> s(SessionConfig c, HostRouteCodec k) {"
            + " return new Session<>(c, k, n -> 0); }",
        "Session<HostAddress> s(SessionConfig c, HostRouteCodec k) {"
            + " return new Session<>(c, k, n -> 0); }",
        "cannot infer type arguments"),
    INTENT_FROM_A_SIGNAL(
        "IngressIntent i(Signal s) { return IngressIntent.of(OperatorWish.ADVERTISE, s); }",
        "IngressIntent i(ListenerLiveness s) { return IngressIntent.of(OperatorWish.ADVERTISE, s); }",
        "Signal cannot be converted to ListenerLiveness"),
    AN_INTENT_OF_ONES_OWN(
        "IngressIntent i() { return new IngressIntent.Withdraw(\"shop is down\"); }",
        "IngressIntent i() {"
            + " return IngressIntent.of(OperatorWish.STOP, ListenerLiveness.ACCEPTING); }",
        "has private access"),
    AN_INGRESS_EVENT_OF_ONES_OWN(
        "record ShopDown() implements IngressEvent {}", "record ShopDown() {}", "sealed"),
    A_ROUTE_OF_ANY_PLANE(
        "Comparable<AnycastPrefix> r(HostAddress h, AnycastPrefix a, boolean b) {"
            + " return b ? h : a; }",
        "Comparable<HostAddress> r(HostAddress h, HostAddress a, boolean b) {"
            + " return b ? h : a; }",
        "HostAddress cannot be converted to Comparable<AnycastPrefix>");

    private final String wrong;
    private final String right;
    private final String refusal;

    Crossing(String wrong, String right, String refusal) {
      this.wrong = wrong;
      this.right = right;
      this.refusal = refusal;
    }
  }

  @ParameterizedTest
  @EnumSource
  void theWrongOneDoesNotCompileAndItsTwinDoes(Crossing crossing) {
    assertThat(errors(crossing.right)).as("the twin of " + crossing).isEmpty();
    assertThat(errors(crossing.wrong)).as(crossing.toString()).contains(crossing.refusal);
  }

  /** What the compiler says against a member of a class that sees all rooms; empty if nothing. */
  private static String errors(String member) {
    String text =
        """
        package canary;
        import io.landfall.bgp.*;
        import io.landfall.core.*;
        import io.landfall.ingress.*;
        import io.landfall.overlay.*;
        import java.util.List;
        abstract class Canary {
          %s
        }
        """
            .formatted(member);
    JavaFileObject source =
        new SimpleJavaFileObject(
            URI.create("string:///canary/Canary.java"), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
          }
        };
    String path =
        Arrays.stream(Rooms.values())
            .map(room -> room.classes().toString())
            .collect(Collectors.joining(File.pathSeparator));
    DiagnosticCollector<JavaFileObject> heard = new DiagnosticCollector<>();
    JavacTask task =
        (JavacTask)
            ToolProvider.getSystemJavaCompiler()
                .getTask(
                    new StringWriter(),
                    null,
                    heard,
                    List.of("-proc:none", "-classpath", path),
                    null,
                    List.of(source));
    try {
      // Analysed as by a compiler, but no class is written.
      task.analyze();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return heard.getDiagnostics().stream()
        .filter(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
        .map(
            diagnostic ->
                diagnostic.getMessage(Locale.ROOT).replaceAll("\\b(?:[a-z]+\\.)+(?=[A-Z])", ""))
        .collect(Collectors.joining("\n"));
  }
}

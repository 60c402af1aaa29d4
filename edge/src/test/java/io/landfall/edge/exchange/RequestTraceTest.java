package io.landfall.edge.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.edge.http.FieldLines;
import io.netty.util.AsciiString;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** By what a request is found again: taken from whom, and made when. */
class RequestTraceTest {
  private static final String PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  private static FieldLines fields(String... lines) {
    FieldLines fields = new FieldLines();
    for (String line : lines) {
      String[] parts = line.split(": ", 2);
      fields.add(AsciiString.cached(parts[0]), new AsciiString(parts[1]));
    }
    return fields;
  }

  private static RequestTrace of(boolean trusted, String... lines) {
    return of(trusted ? RequestTrace.Sender.PROXY : RequestTrace.Sender.CLIENT, -1, lines);
  }

  private static RequestTrace of(RequestTrace.Sender sender, double share, String... lines) {
    return RequestTrace.of(fields(lines), sender, share, new SplittableRandom(7));
  }

  /** What a place is sent of a trace, in an attempt that has begun. */
  private static String sent(RequestTrace trace) {
    return trace.inAttempt(trace.in(fields())).toString();
  }

  @Test
  void aSampledTraceHasASpanAtEachNodeAndOneForEachAttempt() {
    RequestTrace trace = of(RequestTrace.Sender.CLIENT, 1, "traceparent: " + PARENT);
    assertThat(trace.span()).isPositive();
    assertThat(Long.toHexString(trace.parentSpan())).isEqualTo("b7ad6b7169203331");
    long first = trace.nextSpan();
    assertThat(sent(trace))
        .contains("traceparent: 00-0af7651916cd43dd8448eb211c80319c-%016x-01\n".formatted(first));
    long second = trace.nextSpan();
    assertThat(second).isPositive().isNotEqualTo(first).isNotEqualTo(trace.span());
    assertThat(sent(trace)).contains("-%016x-01\n".formatted(second));
    assertThat(trace.sampled().toString()).isEqualTo("1");
    RequestTrace begun = of(RequestTrace.Sender.CLIENT, 1);
    begun.nextSpan();
    assertThat(begun.parentSpan()).isZero();
    assertThat(sent(begun)).contains("traceparent: 00-" + begun.traceId() + "-").contains("-01\n");
    RequestTrace fetch = trace.ofFetch();
    fetch.nextSpan();
    assertThat(fetch.span()).isEqualTo(trace.span());
    assertThat(sent(trace)).as("the attempts of each").contains("-%016x-01\n".formatted(second));
  }

  @Test
  void aClientCannotHaveItsRequestsSampledAndAProxyAndANodeCan() {
    String sampled = "traceparent: " + PARENT;
    String not = "traceparent: " + PARENT.substring(0, PARENT.length() - 1) + "0";
    String yes = "landfall-sampled: 1";
    String no = "landfall-sampled: 0";
    assertThat(of(RequestTrace.Sender.CLIENT, 0, sampled, yes).span()).isZero();
    assertThat(of(RequestTrace.Sender.CLIENT, 1, not, no).span()).isPositive();
    assertThat(of(RequestTrace.Sender.PROXY, 0, sampled, no).span()).isPositive();
    assertThat(of(RequestTrace.Sender.PROXY, 1, not, yes).span()).isZero();
    assertThat(of(RequestTrace.Sender.PROXY, 1).span()).isPositive();
    assertThat(of(RequestTrace.Sender.NODE, 0, not, yes).span()).isPositive();
    assertThat(of(RequestTrace.Sender.NODE, 1, sampled, no).span()).isZero();
    assertThat(of(RequestTrace.Sender.NODE, 1, not).span()).as("it has no tracing").isPositive();
    assertThat(of(RequestTrace.Sender.NODE, -1, sampled, yes).span()).isZero();
  }

  @Test
  void whatIsNotSampledGoesOnAsItIs() {
    RequestTrace trace = of(RequestTrace.Sender.CLIENT, 0, "traceparent: " + PARENT);
    assertThat(trace.nextSpan()).isZero();
    assertThat(sent(trace)).contains("traceparent: " + PARENT + "\n");
    assertThat(trace.sampled().toString()).isEqualTo("0");
  }

  @Test
  void theIdOfWhoIsTrustedIsTakenAndThatOfOthersIsNot() {
    assertThat(of(true, "x-request-id: abc-1/+=").id().toString()).isEqualTo("abc-1/+=");
    assertThat(of(false, "x-request-id: abc-1").id().toString()).matches("[0-9a-f]{32}");
    assertThat(of(true).id().toString()).matches("[0-9a-f]{32}");
    assertThat(of(true).in(fields("x-request-id: a", "host: b", "x-request-id: c")).toString())
        .matches("host: b\nx-request-id: [0-9a-f]{32}\ntraceparent: 00-.*\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "a\"b", "a\\b", "\u00e9", ""})
  void anIdThatAnyLogCouldMisreadIsNotTaken(String id) {
    assertThat(of(true, "x-request-id: " + id).id().toString()).matches("[0-9a-f]{32}");
  }

  @Test
  void twoIdsAreNoneAndALongOneIsNone() {
    assertThat(of(true, "x-request-id: a", "x-request-id: a").id().toString())
        .matches("[0-9a-f]{32}");
    assertThat(of(true, "x-request-id: " + "a".repeat(128)).id().toString())
        .isEqualTo("a".repeat(128));
    assertThat(of(true, "x-request-id: " + "a".repeat(129)).id().toString())
        .matches("[0-9a-f]{32}");
  }

  @Test
  void aTraceThatIsValidGoesOnAsItIs() {
    RequestTrace trace = of(false, "traceparent: " + PARENT, "tracestate: a=b");
    assertThat(trace.traceId().toString()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
    assertThat(trace.in(fields("traceparent: " + PARENT, "tracestate: a=b")).toString())
        .contains("traceparent: " + PARENT + "\n")
        .contains("tracestate: a=b\n");
    String later = "cc" + PARENT.substring(2) + "-more";
    assertThat(of(false, "traceparent: " + later).in(fields()).toString()).contains(later);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
        "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01more",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0g",
        "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
        "00-",
      })
  void aTraceThatIsNotValidIsBegunAnewWithoutItsState(String parent) {
    RequestTrace trace = of(true, "traceparent: " + parent, "tracestate: a=b");
    FieldLines sent = trace.in(fields("traceparent: " + parent, "tracestate: a=b"));
    assertThat(sent.toString())
        .matches("x-request-id: ([0-9a-f]{32})\ntraceparent: 00-\\1-[0-9a-f]{16}-00\n");
  }
}

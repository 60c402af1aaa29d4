package io.landfall.edge.exchange;

import io.landfall.core.NodeName;
import io.landfall.core.ServiceName;
import io.landfall.decision.Reason;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.FieldNames;
import io.landfall.edge.http.Framing;
import io.landfall.edge.http.HttpViolation;
import io.landfall.edge.http.ProxyStatus;
import io.landfall.edge.http.RequestHead;
import io.landfall.edge.http.StatusPhrases;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The responses that this node makes itself: declines, upstream failures, and refusals of the gate.
 * Each says in Proxy-Status (RFC 9209) and in its body who refuses what, why, and what to do; the
 * body is problem+json (RFC 9457) for who prefers JSON, else text for a person.
 */
public final class LocalResponses {
  private static final AsciiString TEXT = AsciiString.cached("text/plain; charset=utf-8");
  private static final AsciiString HTML = AsciiString.cached("text/html; charset=utf-8");
  private static final AsciiString PROBLEM = AsciiString.cached("application/problem+json");
  private static final AsciiString CONTENT_TYPE_OPTIONS =
      AsciiString.cached("x-content-type-options");
  private static final AsciiString NO_SNIFF = AsciiString.cached("nosniff");
  private static final AsciiString CACHE_CONTROL = AsciiString.cached("cache-control");
  private static final AsciiString NO_STORE = AsciiString.cached("no-store");

  private static final AsciiString ALLOWED =
      AsciiString.cached("GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH");
  private static final int OK = 200;
  private static final int NOT_ALLOWED = 405;

  private final NodeName node;
  private final ProxyStatus proxyStatus;
  private final int retryAfterSeconds;

  LocalResponses(NodeName node, ProxyStatus proxyStatus, int retryAfterSeconds) {
    this.node = node;
    this.proxyStatus = proxyStatus;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /**
   * A response made here.
   *
   * @param status the status code
   * @param fields its fields, with Content-Length
   * @param framing how the body is sent
   * @param body the body, empty for HEAD; the receiver releases it
   */
  public record Answer(int status, FieldLines fields, Framing framing, ByteBuf body) {
    /** Sends it, whole. */
    public void sendTo(Downstream down) {
      down.respond(status, fields, framing);
      if (body.isReadable()) {
        down.body(body);
      } else {
        body.release();
      }
      down.end();
    }

    /** The same with a page in place of the body, which is released; gRPC has none. */
    Answer withPage(AsciiString page, RequestHead request) {
      if (GrpcStatus.isAsked(request)) {
        return this;
      }
      Answer other = withoutBody();
      other.fields.add(FieldNames.CONTENT_TYPE, HTML);
      other.fields.add(FieldNames.CONTENT_LENGTH, AsciiString.of(Integer.toString(page.length())));
      return request.isHead()
          ? other
          : new Answer(
              status,
              other.fields,
              Framing.length(page.length()),
              Unpooled.wrappedBuffer(page.array(), page.arrayOffset(), page.length()));
    }

    /** The same with nothing but a head; releases the body. */
    Answer withoutBody() {
      body.release();
      FieldLines rest = new FieldLines(fields.size());
      for (int i = 0; i < fields.size(); i++) {
        AsciiString name = fields.name(i);
        if (!name.equals(FieldNames.CONTENT_LENGTH) && !name.equals(FieldNames.CONTENT_TYPE)) {
          rest.add(name, fields.value(i));
        }
      }
      return new Answer(status, rest, Framing.NONE, Unpooled.EMPTY_BUFFER);
    }
  }

  /** What a body says. */
  private record Words(
      int status, String errorType, String service, String code, String reason, String advice) {}

  /** A decline by the decision (design section 6). */
  Answer declined(
      RequestHead request,
      Optional<ServiceName> service,
      Reason reason,
      boolean toNode,
      AsciiString date) {
    int status =
        switch (reason) {
          case UNKNOWN_HOST -> 421;
          case LOOP -> 502;
          case NOT_HERE -> service.isPresent() ? 503 : 421;
          case CLIENT_DENIED -> 403;
          case RATE_LIMITED -> 429;
          default -> 503;
        };
    Words words =
        new Words(
            status,
            ProxyStatus.errorType(reason),
            service.map(ServiceName::value).orElse("unknown"),
            reason.name(),
            reason.text(),
            advice(reason, request));
    // Another node reads the decline, and makes an answer of its own.
    Answer answer =
        toNode
            ? answer(words, prefersJson(request.fields()), request.isHead(), date)
            : answer(request, words, date);
    if (isForNow(reason)) {
      answer
          .fields()
          .add(FieldNames.RETRY_AFTER, AsciiString.of(Integer.toString(retryAfterSeconds)));
    }
    if (toNode) {
      answer.fields().add(FieldNames.LANDFALL_DECLINE, AsciiString.of(reason.name()));
    }
    return answer;
  }

  /** What this node itself can do (RFC 9110 section 9.3.7). */
  static Answer options(AsciiString date) {
    FieldLines fields = new FieldLines(4);
    fields.add(FieldNames.ALLOW, ALLOWED);
    fields.add(FieldNames.CONTENT_LENGTH, AsciiString.cached("0"));
    fields.add(FieldNames.DATE, date);
    return new Answer(OK, fields, Framing.length(0), Unpooled.EMPTY_BUFFER);
  }

  /** Every place that could be tried has failed. */
  Answer failed(
      RequestHead request, Optional<ServiceName> service, FailureKind kind, AsciiString date) {
    Words words =
        new Words(
            kind.status(),
            kind.errorType(),
            service.map(ServiceName::value).orElse("unknown"),
            kind.cause().toString(),
            "the service was found, but " + kind.text(),
            "Try again. If it lasts, give the operator of this service this page.");
    Answer answer = answer(request, words, date);
    if (kind.status() == 503 || kind.status() == 429) {
      answer
          .fields()
          .add(FieldNames.RETRY_AFTER, AsciiString.of(Integer.toString(retryAfterSeconds)));
    }
    return answer;
  }

  /** The gate refused the request, or its body turned out to be malformed. */
  Answer broken(RequestHead request, HttpViolation rule, AsciiString date) {
    return answer(request, words(rule), date);
  }

  /** The gate refused the request's head, of which nothing can be relied on. */
  public Answer refused(HttpViolation rule, AsciiString date) {
    return answer(words(rule), false, false, date);
  }

  /** The same without a body, which a peer that gives no window would make us keep. */
  public Answer refusedInAHead(HttpViolation rule, AsciiString date) {
    FieldLines fields = new FieldLines(2);
    fields.add(FieldNames.DATE, date);
    addAllow(fields, rule.status());
    fields.add(
        FieldNames.PROXY_STATUS,
        proxyStatus.error("http_request_error", rule.name() + ": " + rule.text()));
    return new Answer(rule.status(), fields, Framing.NONE, Unpooled.EMPTY_BUFFER);
  }

  private static Words words(HttpViolation rule) {
    return new Words(
        rule.status(),
        "http_request_error",
        "unknown",
        rule.name(),
        rule.text(),
        "The client sent a request that this node does not accept; it has to be changed.");
  }

  private Answer answer(RequestHead request, Words words, AsciiString date) {
    if (GrpcStatus.isAsked(request)) {
      FieldLines fields = new FieldLines(6);
      GrpcStatus.add(fields, words.status(), words.code() + ": " + words.reason());
      fields.add(FieldNames.DATE, date);
      fields.add(FieldNames.PROXY_STATUS, proxyStatus(words));
      return new Answer(OK, fields, Framing.NONE, Unpooled.EMPTY_BUFFER);
    }
    return answer(words, prefersJson(request.fields()), request.isHead(), date);
  }

  private Answer answer(Words words, boolean json, boolean toHead, AsciiString date) {
    byte[] body = (json ? json(words) : text(words)).getBytes(StandardCharsets.UTF_8);
    FieldLines fields = new FieldLines(12);
    fields.add(FieldNames.CONTENT_TYPE, json ? PROBLEM : TEXT);
    fields.add(CONTENT_TYPE_OPTIONS, NO_SNIFF);
    fields.add(CACHE_CONTROL, NO_STORE);
    fields.add(FieldNames.CONTENT_LENGTH, AsciiString.of(Integer.toString(body.length)));
    fields.add(FieldNames.DATE, date);
    addAllow(fields, words.status());
    fields.add(FieldNames.PROXY_STATUS, proxyStatus(words));
    Framing framing = toHead ? Framing.NONE : Framing.length(body.length);
    return new Answer(
        words.status(),
        fields,
        framing,
        toHead ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body));
  }

  private AsciiString proxyStatus(Words words) {
    return proxyStatus.error(words.errorType(), words.code() + ": " + words.reason());
  }

  /** RFC 9110 section 15.5.6: a 405 names the methods that are allowed. */
  private static void addAllow(FieldLines fields, int status) {
    if (status == NOT_ALLOWED) {
      fields.add(FieldNames.ALLOW, ALLOWED);
    }
  }

  private String text(Words words) {
    return phrase(words.status())
        + "\n\nThe edge node "
        + node
        + " did not get you an answer: "
        + words.reason()
        + ".\n\nService: "
        + words.service()
        + "\nNode:    "
        + node
        + "\nReason:  "
        + words.code()
        + "\n\n"
        + words.advice()
        + "\n";
  }

  private String json(Words words) {
    return "{\"type\":\"about:blank\",\"title\":\""
        + phrase(words.status())
        + "\",\"status\":"
        + words.status()
        + ",\"detail\":\""
        + escaped(words.reason())
        + "\",\"service\":\""
        + words.service()
        + "\",\"node\":\""
        + node
        + "\",\"reason\":\""
        + words.code()
        + "\",\"advice\":\""
        + escaped(words.advice())
        + "\"}\n";
  }

  private static String advice(Reason reason, RequestHead request) {
    return switch (reason) {
      case UNKNOWN_HOST ->
          "Check the host name: no service is configured for '" + request.host() + "'.";
      case NO_SITE, NO_PATH, NO_SHIELD, OVERLOADED, AUTHORIZATION_FAILED ->
          "Try again in a few seconds.";
      case LOOP ->
          "A backend sends requests back to this CDN; its operator has to point it elsewhere.";
      case CLIENT_DENIED -> "Ask the operator of this service to allow your address.";
      case RATE_LIMITED -> "Wait as long as Retry-After has it, and send fewer requests.";
      case MAINTENANCE -> "Try again later.";
      default -> "Another node asked for this; it will try the next place by itself.";
    };
  }

  /** Whether the same request may be answered in a moment. */
  private static boolean isForNow(Reason reason) {
    return switch (reason) {
      case NO_SITE, NO_PATH, NO_SHIELD, OVERLOADED, AUTHORIZATION_FAILED -> true;
      default -> false;
    };
  }

  private static String phrase(int status) {
    return StatusPhrases.of(status);
  }

  private static String escaped(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\');
      }
      out.append(c < ' ' ? ' ' : c);
    }
    return out.toString();
  }

  /** Whether Accept names JSON before it names anything that a text is. */
  private static boolean prefersJson(FieldLines fields) {
    AsciiString accept = fields.first(FieldNames.ACCEPT);
    if (accept == null) {
      return false;
    }
    int json = earlier(accept.indexOf("application/json"), accept.indexOf("application/problem"));
    int text = earlier(accept.indexOf("text/"), accept.indexOf("*/*"));
    return json >= 0 && (text < 0 || json < text);
  }

  private static int earlier(int one, int other) {
    return one < 0 ? other : other < 0 ? one : Math.min(one, other);
  }
}

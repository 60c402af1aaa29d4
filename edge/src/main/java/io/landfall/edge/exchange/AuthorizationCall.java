package io.landfall.edge.exchange;

import io.landfall.core.ServiceName;
import io.landfall.decision.RequestFacts.Cached;
import io.landfall.edge.AuthorizationSettings;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.FieldNames;
import io.landfall.edge.http.Framing;
import io.landfall.edge.http.HttpVersion;
import io.landfall.edge.http.Method;
import io.landfall.edge.http.RequestHead;
import io.landfall.edge.http.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.AsciiString;
import java.io.ByteArrayOutputStream;
import java.net.SocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One question to an authorization service: a GET of the edge's own over a connection of the pool,
 * with fields of the client's request and what they were sent with, and never with its body. Its
 * answer is held to {@link #MOST_BODY_BYTES}, so it is read whole before anything comes of it.
 */
final class AuthorizationCall implements FillDownstream {
  /** The largest content of an answer. */
  static final int MOST_BODY_BYTES = 64 * 1024;

  private static final AsciiString METHOD = AsciiString.cached("x-forwarded-method");
  private static final AsciiString PROTO = AsciiString.cached("x-forwarded-proto");
  private static final AsciiString HOST = AsciiString.cached("x-forwarded-host");
  private static final AsciiString URI = AsciiString.cached("x-forwarded-uri");
  private static final AsciiString REQUEST_ID = AsciiString.cached("x-request-id");

  private final AuthorizationAttempt asking;
  private final Arrived arrived;
  private final ServiceName service;
  private final AuthorizationSettings settings;
  private final ByteArrayOutputStream content = new ByteArrayOutputStream(0);
  private @Nullable Exchange exchange;
  private @Nullable ResponseHead head;
  private @Nullable FailureKind failure;
  private boolean again;

  AuthorizationCall(
      AuthorizationAttempt asking,
      Arrived arrived,
      ServiceName service,
      AuthorizationSettings settings) {
    this.asking = asking;
    this.arrived = arrived;
    this.service = service;
    this.settings = settings;
  }

  /** Asks. */
  void begin() {
    Exchanges all = arrived.loop();
    Exchange made = new Exchange(all, request(), this, Optional.empty());
    exchange = made;
    Destinations.Origin origin = all.destinations().origin(settings.place());
    made.startAt(
        again ? origin.attemptOnNewConnection(made, service) : origin.attempt(made, service));
  }

  /** Nobody waits for the answer any more. */
  void cancel() {
    Exchange current = exchange;
    if (current != null) {
      exchange = null;
      current.notNeeded();
    }
  }

  /** No host of a service is empty, so no rule and no route is the question's. */
  private RequestHead request() {
    return new RequestHead(
        Method.GET,
        RequestHead.HTTP,
        settings.authority(),
        "",
        settings.target(),
        HttpVersion.HTTP_1_1,
        fields(),
        Framing.NONE);
  }

  private FieldLines fields() {
    RequestHead asked = arrived.asReached();
    FieldLines sent = arrived.sentFields();
    FieldLines out = new FieldLines(sent.size() + 4);
    out.add(METHOD, asked.method().name());
    out.add(PROTO, asked.scheme());
    out.add(HOST, asked.authority());
    out.add(URI, AsciiString.of(asked.target()));
    for (int i = 0; i < sent.size(); i++) {
      AsciiString name = sent.name(i);
      boolean isOfWay =
          name.equals(FieldNames.X_FORWARDED_FOR)
              || name.equals(FieldNames.VIA)
              || name.equals(FieldNames.CDN_LOOP)
              || name.equals(REQUEST_ID);
      boolean isOwn =
          name.equals(METHOD)
              || name.equals(PROTO)
              || name.equals(HOST)
              || name.equals(URI)
              || name.equals(FieldNames.EXPECT);
      if (isOfWay || (!isOwn && settings.requestFields().contains(name))) {
        out.add(name, sent.value(i));
      }
    }
    return out;
  }

  @Override
  public Cached seeks() {
    return Cached.NONE;
  }

  @Override
  public SocketAddress remote() {
    return arrived.downstream().remote();
  }

  @Override
  public void received(ResponseHead received, Attempt from, FieldLines ofAsker) {
    head = received;
  }

  @Override
  public void failed(FailureKind kind) {
    failure = kind;
  }

  @Override
  public void declined() {
    failure = FailureKind.NOWHERE;
  }

  @Override
  public void body(ByteBuf data) {
    boolean counts = failure == null && exchange != null;
    if (counts && content.size() + data.readableBytes() > MOST_BODY_BYTES) {
      data.release();
      cancel();
      asking.failed("its answer is larger than " + MOST_BODY_BYTES + " bytes");
      return;
    }
    if (counts) {
      content.writeBytes(ByteBufUtil.getBytes(data));
    }
    data.release();
  }

  @Override
  public void end() {
    FailureKind failed = failure;
    ResponseHead answer = head;
    if (exchange == null) {
      return;
    }
    exchange = null;
    if (failed == FailureKind.STALE_CONNECTION && !again) {
      again = true;
      failure = null;
      begin();
    } else if (failed != null) {
      asking.failed(failed.text());
    } else if (answer != null) {
      asking.answered(answer.status(), answer.fields(), content.toByteArray());
    }
  }

  @Override
  public void abort() {
    if (exchange != null) {
      exchange = null;
      asking.failed(FailureKind.INCOMPLETE.text());
    }
  }

  @Override
  public boolean isWritable() {
    return true;
  }

  @Override
  public void flush() {
    // Nothing is kept back.
  }
}

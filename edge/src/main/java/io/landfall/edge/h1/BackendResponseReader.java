package io.landfall.edge.h1;

import io.landfall.edge.EdgeLimits;
import io.landfall.edge.http.BadMessage;
import io.landfall.edge.http.HttpViolation;
import io.landfall.edge.http.ResponseHead;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Reads the responses of a backend to plain GET requests, one after the other on one connection, by
 * the rules and limits by which the data plane reads them; for whoever has to know what it would
 * refuse. Used by one thread.
 */
public final class BackendResponseReader {
  /** How far a response is. */
  public enum Progress {
    /** The rest has not arrived. */
    MORE,
    /** The head of the final response is complete. */
    HEAD,
    /** The response has ended where its framing ends it. */
    END,
    /** The response breaks a rule: a client would be answered 502. */
    REFUSED
  }

  private final EdgeLimits limits;
  private final HeaderSectionReader heads;
  private final BodyReader body;
  private @Nullable ResponseHead head;
  private int interim;
  private int status;
  private boolean reusable;
  private String refusal = "";

  /** A reader for a new connection. */
  public BackendResponseReader(EdgeLimits limits) {
    this.limits = limits;
    this.heads = HeaderSectionReader.responses(limits);
    this.body = BodyReader.ofResponses(limits);
  }

  /**
   * The limits of such a reader.
   *
   * @param maxHeadBytes the longest head of a response
   */
  public static EdgeLimits limits(int maxHeadBytes) {
    EdgeLimits usual = EdgeLimits.defaults();
    return usual.with(
        new EdgeLimits.Messages(
            Math.min(usual.messages().maxTargetBytes(), maxHeadBytes),
            maxHeadBytes,
            Math.max(2L * maxHeadBytes, usual.messages().inputMemoryBytes()),
            usual.messages().maxFields()));
  }

  /**
   * Reads on, up to the next step of the response; interim responses are skipped and a body is
   * dropped. What was read is taken out of the buffer.
   */
  public Progress read(ByteBuf in) {
    try {
      return head == null ? readHead(in) : readBody(in);
    } catch (BadMessage e) {
      refusal = e.rule().text();
      return Progress.REFUSED;
    }
  }

  private Progress readHead(ByteBuf in) throws BadMessage {
    while (true) {
      byte[] lines = heads.cut(in);
      if (lines == null) {
        return Progress.MORE;
      }
      ResponseHead response = Http1ResponseParser.accept(lines, false, limits);
      if (response.status() >= 200) {
        head = response;
        interim = 0;
        status = response.status();
        reusable = response.reusable();
        body.start(response.framing());
        return Progress.HEAD;
      }
      // As a backend's connection has it: 101 would be an upgrade that was not asked for.
      if (response.status() == 101 || ++interim > ResponseHead.MAX_INTERIM) {
        throw new BadMessage(HttpViolation.STATUS_LINE);
      }
    }
  }

  private Progress readBody(ByteBuf in) throws BadMessage {
    for (ByteBuf piece = body.next(in); piece != null; piece = body.next(in)) {
      piece.release();
    }
    if (!body.isDone()) {
      return Progress.MORE;
    }
    head = null;
    return Progress.END;
  }

  /** The status, once the head is complete. */
  public int status() {
    return status;
  }

  /** Whether the connection may carry another request after this response. */
  public boolean isReusable() {
    return reusable;
  }

  /** The rule that the response broke, for a person. */
  public String refusal() {
    return refusal;
  }
}

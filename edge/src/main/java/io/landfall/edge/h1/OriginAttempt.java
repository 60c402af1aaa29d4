package io.landfall.edge.h1;

import io.landfall.core.ServiceName;
import io.landfall.edge.EdgeSnapshot;
import io.landfall.edge.OriginFailure;
import io.landfall.edge.exchange.Attempt;
import io.landfall.edge.exchange.AttemptFailure;
import io.landfall.edge.exchange.Exchange;
import io.landfall.edge.http.RequestHead;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** An attempt on a local backend, over a pooled HTTP/1.1 connection. */
final class OriginAttempt implements Attempt {
  private final Exchange exchange;
  private final ServiceName service;
  private final OriginPool pool;
  private final boolean needsNewConnection;
  private @Nullable OriginCarrier connection;
  private boolean over;

  OriginAttempt(
      Exchange exchange, ServiceName service, OriginPool pool, boolean needsNewConnection) {
    this.exchange = exchange;
    this.service = service;
    this.pool = pool;
    this.needsNewConnection = needsNewConnection;
  }

  Exchange exchange() {
    return exchange;
  }

  ServiceName service() {
    return service;
  }

  /** Whether a pooled connection failed it already, so that another may too. */
  boolean needsNewConnection() {
    return needsNewConnection;
  }

  boolean isCancelled() {
    return over;
  }

  /** The connection carries this attempt from now on. */
  void attach(OriginCarrier given) {
    connection = given;
  }

  /** The connection is done with this attempt. */
  void detach() {
    connection = null;
    over = true;
  }

  void failed(AttemptFailure failure) {
    connection = null;
    if (!over) {
      over = true;
      exchange.failed(this, failure);
    }
  }

  @Override
  public Object place() {
    return pool.place();
  }

  @Override
  public String name() {
    return pool.name();
  }

  @Override
  public String nextHop() {
    return service.value();
  }

  @Override
  public boolean isForward() {
    return false;
  }

  @Override
  public boolean isStillThere(EdgeSnapshot snapshot) {
    RequestHead request = exchange.request();
    return snapshot.isStillThere(service, pool.place(), request.host(), request.routingTarget());
  }

  @Override
  public void start() {
    pool.start(this);
  }

  @Override
  public void body(ByteBuf data) {
    OriginCarrier current = connection;
    if (current == null) {
      data.release();
    } else {
      current.writeBody(data);
    }
  }

  @Override
  public void end() {
    OriginCarrier current = connection;
    if (current != null) {
      current.writeEnd();
    }
  }

  @Override
  public boolean isWritable() {
    OriginCarrier current = connection;
    return current != null && current.channel().isWritable();
  }

  @Override
  public void flush() {
    OriginCarrier current = connection;
    if (current != null) {
      current.channel().flush();
    }
  }

  @Override
  public void resume() {
    OriginCarrier current = connection;
    if (current != null) {
      current.process();
    }
  }

  @Override
  public void cancel() {
    over = true;
    OriginCarrier current = connection;
    if (current != null) {
      connection = null;
      current.abandon();
    }
  }

  @Override
  public void endInOrder() {
    over = true;
    OriginCarrier current = connection;
    if (current != null) {
      connection = null;
      current.endInOrder();
    }
  }

  @Override
  public void timedOut() {
    pool.report(service, OriginFailure.RESPONSE_TIMEOUT);
  }
}

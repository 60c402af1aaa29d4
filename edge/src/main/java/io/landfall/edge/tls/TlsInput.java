package io.landfall.edge.tls;

import io.landfall.edge.loop.ChannelIo;
import io.landfall.edge.loop.InputMemory;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SniHandler;
import org.jspecify.annotations.Nullable;

/**
 * Counts what the TLS layer of a client's connection holds: a ClientHello that is not whole, and
 * after it a record that is not (RFC 8446 section 5.1), with the whole buffer that it arrived in.
 * It stands before the TLS layer, and changes nothing of what it passes on.
 *
 * <p>A record comes on with each {@link #PROGRESS_BYTES} of it, not with each byte: whoever holds
 * many records open has to send as fast on each of them as an honest upload does to have that ended
 * before them.
 */
public final class TlsInput extends ChannelInboundHandlerAdapter implements InputMemory.Holder {
  private static final int HEADER_BYTES = 5;
  private static final int LENGTH_AT = 3;

  /** So many bytes of a record count as progress. */
  static final int PROGRESS_BYTES = 1_024;

  private final InputMemory memory;
  private final InputMemory.Account account = new InputMemory.Account(this);
  private @Nullable ChannelHandlerContext ctx;
  private boolean helloSeen;
  private boolean removed;
  private int headerBytes;
  private int length;
  private int restBytes;
  private int heldBytes;
  private int sinceProgressBytes;

  /** Counts in the memory of the event loop that the connection belongs to. */
  public TlsInput(InputMemory memory) {
    this.memory = memory;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    ctx = context;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    int capacity = bytes.capacity();
    int arrived = bytes.readableBytes();
    boolean ended = pass(bytes);
    context.fireChannelRead(bytes);
    if (removed) {
      return;
    }
    if (!helloSeen) {
      helloSeen = context.pipeline().get(SniHandler.class) == null;
    }
    boolean whole = restBytes == 0 && headerBytes == 0;
    if (helloSeen && ended && heldBytes > 0) {
      // The one that waited is whole: what is held now is new, and others have waited for longer.
      heldBytes = 0;
      account.set(memory, 0, true);
    }
    // The first buffer is kept as it is, and what follows is copied behind it.
    int grown = heldBytes == 0 ? capacity : heldBytes + arrived;
    heldBytes = helloSeen && whole ? 0 : grown;
    account.set(memory, heldBytes, true);
    sinceProgressBytes += arrived;
    if (helloSeen && sinceProgressBytes >= PROGRESS_BYTES) {
      sinceProgressBytes = 0;
      memory.received(this);
    }
  }

  /** Walks over records; whether one has ended. */
  private boolean pass(ByteBuf in) {
    boolean ended = false;
    int at = in.readerIndex();
    int end = in.writerIndex();
    while (at < end) {
      if (restBytes > 0) {
        int step = Math.min(restBytes, end - at);
        at += step;
        restBytes -= step;
      } else {
        int octet = in.getByte(at++) & 0xff;
        if (headerBytes++ >= LENGTH_AT) {
          length = (length << 8) | octet;
        }
        if (headerBytes < HEADER_BYTES) {
          continue;
        }
        headerBytes = 0;
        restBytes = length;
        length = 0;
      }
      ended |= restBytes == 0;
    }
    return ended;
  }

  /** There is no TLS layer any more whose bytes could be counted. */
  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    removed = true;
    account.set(memory, 0, true);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    account.set(memory, 0, true);
    context.fireChannelInactive();
  }

  @Override
  public void crowdOut() {
    account.set(memory, 0, true);
    ChannelHandlerContext current = ctx;
    if (current != null) {
      ChannelIo.closeNow(current.channel());
    }
  }
}

package io.landfall.edge.cache;

import io.landfall.cache.CachePolicy;
import io.landfall.cache.CacheRequest;
import io.landfall.cache.CacheResponse;
import io.landfall.cache.FetchTimes;
import io.landfall.cache.KeyBuffer;
import io.landfall.cache.KeyPolicy;
import io.landfall.cache.SipHash;
import io.landfall.cache.StoreDecision;
import io.landfall.cache.StoreRule;
import io.landfall.cache.StoredMeta;
import io.landfall.edge.http.FieldLines;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/** Keys, bodies and responses by hand. */
final class StoredThings {
  private static final SipHash HASH = new SipHash(1, 2);

  private StoredThings() {}

  static StoredKey key(String path) {
    KeyBuffer buffer = new KeyBuffer(HASH);
    CacheRequest request = new CacheRequest("GET", path, new FieldLines(), false);
    if (!buffer.make(KeyPolicy.DEFAULT, "http", "shop.test", request)) {
      throw new IllegalStateException("no key: " + path);
    }
    return StoredKey.of(buffer);
  }

  static Body body(Body.Room room, long expectedBytes) {
    return new Body(PooledByteBufAllocator.DEFAULT, room, expectedBytes, Long.MAX_VALUE);
  }

  /** Bytes that tell their place. */
  static byte[] bytes(long from, int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (((from + i) * 31) >> 3);
    }
    return bytes;
  }

  static ByteBuf piece(long from, int length) {
    return Unpooled.wrappedBuffer(bytes(from, length));
  }

  /** What is in a body between two positions. */
  static byte[] read(Body body, long from, long to) {
    ByteBuf all = Unpooled.buffer();
    long at = from;
    while (at < to) {
      ByteBuf slice = body.slice(at, to - at);
      at += slice.readableBytes();
      all.writeBytes(slice);
      slice.release();
    }
    byte[] read = new byte[all.readableBytes()];
    all.readBytes(read);
    return read;
  }

  /** What is kept of a response with such fields, which say for how long it is fresh or not. */
  static StoredMeta meta(FieldLines fields) {
    FieldLines all = new FieldLines();
    for (int i = 0; i < fields.size(); i++) {
      all.add(fields.name(i), fields.value(i));
    }
    all.add(AsciiString.of("cache-control"), AsciiString.of("max-age=60"));
    StoreDecision.Store store =
        (StoreDecision.Store)
            StoreRule.decide(
                new CacheRequest("GET", "/", new FieldLines(), false),
                new CacheResponse(200, all, 0),
                new FetchTimes(0, 0, 0),
                CachePolicy.DEFAULT);
    return store.meta();
  }

  /** A stored response with so long a body; null if there is no room for it. */
  static @Nullable StoredResponse response(Body.Room room, int length) {
    Body body = body(room, length);
    long headBytes = 1000;
    if (!body.reserve() || !room.tryTake(headBytes)) {
      body.release();
      return null;
    }
    ByteBuf piece = piece(0, length);
    if (!body.append(piece)) {
      throw new IllegalStateException("no room for what was reserved");
    }
    piece.release();
    FieldLines fields = new FieldLines();
    fields.add(AsciiString.of("cache-control"), AsciiString.of("max-age=60"));
    return new StoredResponse(
        new StoredResponse.Head(fields, true, false),
        meta(fields),
        new long[0],
        0,
        body,
        headBytes);
  }
}

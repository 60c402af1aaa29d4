package io.landfall.edge.cache;

import io.landfall.cache.Freshness;
import io.landfall.cache.StoredMeta;
import io.landfall.cache.Validators;
import io.landfall.cache.Vary;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.FieldNames;
import io.netty.util.AsciiString;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The head of a stored response as it lies on disk. Its times are those of the day, since the
 * cache's clock begins anew with each process.
 *
 * @param policy a hash of the policy under which it was stored: under another one it is not used
 * @param secondaryKey what selects it beside its key
 * @param head its head
 * @param meta what was decided of it, with times on this process's clock
 */
record DiskHead(int policy, String secondaryKey, StoredResponse.Head head, StoredMeta meta) {
  /** Raised when what is written changes. */
  private static final int VERSION = 1;

  /** Lines, and members of lists: more than any bound of a message allows. */
  private static final int MOST_ITEMS = 1 << 16;

  /**
   * The two clocks at one moment.
   *
   * @param cacheMillis the cache's clock
   * @param wallMillis the time of day
   */
  record Times(long cacheMillis, long wallMillis) {}

  /** It, as bytes. */
  byte[] encode(Times now) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(VERSION);
      out.writeInt(policy);
      text(out, secondaryKey);
      out.writeBoolean(head.version11());
      out.writeBoolean(head.fromNode());
      FieldLines fields = head.fields();
      out.writeInt(fields.size());
      for (int i = 0; i < fields.size(); i++) {
        bytes(out, fields.name(i).toByteArray());
        bytes(out, fields.value(i).toByteArray());
      }
      out.writeInt(meta.status());
      Freshness fresh = meta.freshness();
      out.writeLong(now.wallMillis() - (now.cacheMillis() - fresh.responseMillis()));
      out.writeLong(fresh.initialAgeMillis());
      out.writeLong(fresh.lifetimeMillis());
      out.writeLong(fresh.staleWhileRevalidateMillis());
      out.writeLong(fresh.staleIfErrorMillis());
      out.writeInt(fresh.flags());
      Validators validators = meta.validators();
      text(out, validators.etag());
      text(out, validators.lastModified());
      out.writeLong(validators.lastModifiedMillis());
      out.writeLong(validators.dateMillis());
      out.writeBoolean(meta.vary().any());
      texts(out, meta.vary().names());
      texts(out, meta.omittedFields());
      texts(out, meta.tags());
      texts(out, meta.groups());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void bytes(DataOutputStream out, byte[] value) throws IOException {
    out.writeInt(value.length);
    out.write(value);
  }

  private static void text(DataOutputStream out, String value) throws IOException {
    bytes(out, value.getBytes(StandardCharsets.UTF_8));
  }

  private static void texts(DataOutputStream out, List<String> values) throws IOException {
    out.writeInt(values.size());
    for (String each : values) {
      text(out, each);
    }
  }

  /** Reads one; null if it is none. */
  static @Nullable DiskHead decode(byte[] bytes, Times now) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      if (in.readInt() != VERSION) {
        return null;
      }
      int policy = in.readInt();
      String secondaryKey = text(in);
      boolean version11 = in.readBoolean();
      boolean fromNode = in.readBoolean();
      int lines = count(in);
      FieldLines fields = new FieldLines(Math.max(1, lines));
      for (int i = 0; i < lines; i++) {
        AsciiString name = FieldNames.intern(new AsciiString(bytes(in), false));
        fields.add(name, new AsciiString(bytes(in), false));
      }
      StoredMeta meta =
          new StoredMeta(
              in.readInt(),
              freshness(in, now),
              new Validators(text(in), text(in), in.readLong(), in.readLong()),
              new Vary(in.readBoolean(), texts(in)),
              texts(in),
              texts(in),
              texts(in));
      return in.available() == 0
          ? new DiskHead(
              policy, secondaryKey, new StoredResponse.Head(fields, version11, fromNode), meta)
          : null;
    } catch (IOException e) {
      return null;
    }
  }

  private static Freshness freshness(DataInputStream in, Times now) throws IOException {
    // A clock that was set back makes nothing younger than it was when it was received.
    long wallAge = Math.max(0, now.wallMillis() - in.readLong());
    return new Freshness(
        now.cacheMillis() - wallAge,
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readInt());
  }

  private static int count(DataInputStream in) throws IOException {
    int count = in.readInt();
    if (count < 0 || count > MOST_ITEMS || count > in.available()) {
      throw new IOException("more than there can be: " + count);
    }
    return count;
  }

  private static byte[] bytes(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > in.available()) {
      throw new IOException("longer than all there is: " + length);
    }
    return in.readNBytes(length);
  }

  private static String text(DataInputStream in) throws IOException {
    return new String(bytes(in), StandardCharsets.UTF_8);
  }

  private static List<String> texts(DataInputStream in) throws IOException {
    int count = count(in);
    List<String> all = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      all.add(text(in));
    }
    return List.copyOf(all);
  }

  /** The same, stale from now on: it was purged softly before this process began. */
  DiskHead stale(long nowMillis) {
    Freshness fresh = meta.freshness();
    Freshness stale =
        new Freshness(
            fresh.responseMillis(),
            fresh.initialAgeMillis(),
            Math.min(fresh.lifetimeMillis(), fresh.ageMillis(nowMillis)),
            fresh.staleWhileRevalidateMillis(),
            fresh.staleIfErrorMillis(),
            fresh.flags());
    return new DiskHead(
        policy,
        secondaryKey,
        head,
        new StoredMeta(
            meta.status(),
            stale,
            meta.validators(),
            meta.vary(),
            meta.omittedFields(),
            meta.tags(),
            meta.groups()));
  }

  /** A checksum, which is the same after a restart. */
  static int crc(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, bytes.length);
    return (int) crc.getValue();
  }

  /** The hash of what selects a response beside its key. */
  static int variant(String secondaryKey) {
    return secondaryKey.isEmpty() ? 0 : crc(secondaryKey.getBytes(StandardCharsets.UTF_8));
  }
}

package io.landfall.edge.purges;

import io.landfall.edge.cache.disk.DiskFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Files in memory. What is done with them is written down, and calls fail as a test asks. */
final class MemoryFiles implements DiskFiles {
  /** Each call in its order, such as {@code write purges 512 37}: a name, a place and a length. */
  final List<String> calls = new ArrayList<>();

  /** Calls that begin with one of these fail. */
  List<String> failing = List.of();

  /** Runs in each call that waits for the medium. */
  volatile Runnable forced = () -> {};

  /** Whether no other process has the folder. */
  boolean free = true;

  private final Map<String, Content> there = new TreeMap<>();

  /** What a file has; each file is another one, whatever its name. */
  private static final class Content {
    private byte[] bytes = {};
    private int length;
  }

  private void call(String what) throws IOException {
    calls.add(what);
    if (failing.stream().anyMatch(what::startsWith)) {
      throw new IOException(what);
    }
  }

  /** The calls since the last time. */
  List<String> calls() {
    List<String> all = List.copyOf(calls);
    calls.clear();
    return all;
  }

  private Content content(String name) throws IOException {
    Content content = there.get(name);
    if (content == null) {
      throw new IOException("no such file: " + name);
    }
    return content;
  }

  /** The bytes of a file. */
  byte[] bytes(String name) throws IOException {
    Content content = content(name);
    return Arrays.copyOf(content.bytes, content.length);
  }

  /** Puts another file with these bytes there. */
  OpenFile put(String name, byte[] bytes) {
    Content content = new Content();
    content.bytes = bytes.clone();
    content.length = bytes.length;
    there.put(name, content);
    return new Open(name, content);
  }

  @Override
  public boolean lock() throws IOException {
    call("lock");
    return free;
  }

  @Override
  public List<String> names() throws IOException {
    call("names");
    return List.copyOf(there.keySet());
  }

  @Override
  public OpenFile open(String name) throws IOException {
    call("open " + name);
    return new Open(name, content(name));
  }

  @Override
  public OpenFile create(String name) throws IOException {
    call("create " + name);
    return put(name, new byte[0]);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    call("rename " + from);
    there.put(to, content(from));
    there.remove(from);
  }

  @Override
  public void delete(String name) throws IOException {
    call("delete " + name);
    there.remove(name);
  }

  @Override
  public void forceNames() throws IOException {
    call("forceNames");
  }

  @Override
  public Optional<Mark> mark(String name) throws IOException {
    call("mark " + name);
    Content content = there.get(name);
    return content == null ? Optional.empty() : Optional.of(new Mark(content, content.length));
  }

  @Override
  public void close() {
    calls.add("close");
  }

  private final class Open implements OpenFile {
    private final String name;
    private final Content content;

    Open(String name, Content content) {
      this.name = name;
      this.content = content;
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
      call("read " + name);
      int from = Math.toIntExact(position);
      int count = Math.clamp(content.length - from, 0, into.remaining());
      into.put(content.bytes, Math.min(from, content.length), count);
      return count;
    }

    @Override
    public void write(ByteBuffer from, long position) throws IOException {
      int at = Math.toIntExact(position);
      call("write " + name + " " + at + " " + from.remaining());
      int end = at + from.remaining();
      if (end > content.bytes.length) {
        content.bytes = Arrays.copyOf(content.bytes, Math.max(end, content.bytes.length * 2));
      }
      from.get(content.bytes, at, from.remaining());
      content.length = Math.max(content.length, end);
    }

    @Override
    public long size() {
      return content.length;
    }

    @Override
    public void truncate(long bytes) {
      content.length = Math.toIntExact(Math.min(bytes, content.length));
    }

    @Override
    public void force() throws IOException {
      call("force " + name);
      forced.run();
    }

    @Override
    public void close() {
      calls.add("close " + name);
    }
  }
}

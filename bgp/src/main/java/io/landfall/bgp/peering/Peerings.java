package io.landfall.bgp.peering;

import io.landfall.core.Backoff;
import io.landfall.core.InvariantBroken;
import io.landfall.core.Machine;
import io.landfall.core.Now;
import io.landfall.core.Rng;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The streams of a set of configured peerings, whatever plane they are of.
 *
 * <p>A session wants one stream, and sees two while a collision is resolved, which it does itself
 * (RFC 4271 section 6.8). What comes before that is decided here: when to dial, that one dial is
 * under way at a time, to which session a stream belongs, that an event of a stream which was
 * closed or has ended goes nowhere, and that no peering has more than {@link #MAX_STREAMS} streams.
 */
public final class Peerings implements Machine<PeeringEvent, PeeringEffect> {
  /**
   * The most streams of one peering that its session is given: two, and some that were refused and
   * linger until the other side has read why. One more is closed at once.
   */
  public static final int MAX_STREAMS = 10;

  /**
   * Between attempts while there is no stream. RFC 4271 section 10 suggests 120 s; a reflector that
   * is gone should hurt for less.
   */
  static final Backoff.Limits RETRY =
      new Backoff.Limits(500_000_000L, 2_000_000_000L, 4_000_000_000L);

  private final Map<String, Line> lines = new LinkedHashMap<>();
  private final TreeMap<Long, Stream> streams = new TreeMap<>();
  private final Rng jitter;
  private boolean started;
  private boolean stopped;

  /**
   * Peerings without streams. Before {@link PeeringEvent.Start} only those are opened that a
   * session asks for.
   *
   * @param jitter spreads the attempts of many nodes
   * @throws IllegalArgumentException when two have one name
   */
  public Peerings(List<Peering> peerings, Rng jitter) {
    this.jitter = jitter;
    put(peerings);
  }

  private void put(List<Peering> peerings) {
    for (Peering peering : peerings) {
      if (lines.put(peering.name(), new Line(peering, new Backoff(RETRY, jitter))) != null) {
        throw new IllegalArgumentException("two peerings are named " + peering.name());
      }
    }
  }

  /** One peering. */
  private static final class Line {
    final Peering peering;
    final Backoff backoff;
    int streams;
    boolean dialling;

    /** It has left the config; its last streams end. */
    boolean gone;

    OptionalLong retryAtNanos = OptionalLong.empty();

    Line(Peering peering, Backoff backoff) {
      this.peering = peering;
      this.backoff = backoff;
    }

    String name() {
      return peering.name();
    }
  }

  /** One of its streams. */
  private static final class Stream {
    final Line line;
    boolean closing;

    Stream(Line line) {
      this.line = line;
    }
  }

  @Override
  public List<PeeringEffect> step(PeeringEvent event, Now now) {
    return switch (event) {
      case PeeringEvent.Received(long stream, byte[] bytes) -> {
        Line line = lineOf(stream);
        yield line == null
            ? List.of()
            : List.of(new PeeringEffect.Bytes(line.name(), stream, bytes));
      }
      case PeeringEvent.Send(long stream, byte[] bytes) ->
          lineOf(stream) == null ? List.of() : List.of(new PeeringEffect.Write(stream, bytes));
      case PeeringEvent.Filled(long stream) -> {
        Line line = lineOf(stream);
        yield line == null ? List.of() : List.of(new PeeringEffect.Full(line.name(), stream));
      }
      case PeeringEvent.Drained(long stream) -> {
        Line line = lineOf(stream);
        yield line == null ? List.of() : List.of(new PeeringEffect.Writable(line.name(), stream));
      }
      case PeeringEvent.Start _ -> {
        started = true;
        stopped = false;
        yield dialWhoeverIsDue(now);
      }
      case PeeringEvent.Tick _ -> dialWhoeverIsDue(now);
      case PeeringEvent.Stop _ -> stop();
      case PeeringEvent.Configure(List<Peering> all) -> configure(all, now);
      case PeeringEvent.Connect(String name) -> connect(line(name));
      case PeeringEvent.Close(long stream, String why) -> close(stream, why);
      case PeeringEvent.Opened opened -> opened(opened);
      case PeeringEvent.DialFailed(String name, String why) -> dialFailed(line(name), why, now);
      case PeeringEvent.Ended(long stream, String why) -> ended(stream, why, now);
    };
  }

  @Override
  public OptionalLong deadlineNanos() {
    OptionalLong earliest = OptionalLong.empty();
    for (Line line : lines.values()) {
      OptionalLong own = line.retryAtNanos;
      if (own.isPresent() && (earliest.isEmpty() || own.getAsLong() - earliest.getAsLong() < 0)) {
        earliest = own;
      }
    }
    return earliest;
  }

  /** How many streams there are that have not ended, those that are being closed among them. */
  public int streams() {
    return streams.size();
  }

  private Line line(String name) {
    Line line = lines.get(name);
    if (line == null) {
      throw new InvariantBroken("events name configured peerings; there is no " + name);
    }
    return line;
  }

  /** The peering of a stream; null when it is not one any more on which something happens. */
  private @Nullable Line lineOf(long stream) {
    Stream open = streams.get(stream);
    return open == null || open.closing ? null : open.line;
  }

  /** At the start, every peering that dials is due. */
  private List<PeeringEffect> dialWhoeverIsDue(Now now) {
    List<PeeringEffect> out = new ArrayList<>();
    for (Line line : lines.values()) {
      boolean waits =
          line.retryAtNanos.isPresent() && now.monotonicNanos() - line.retryAtNanos.getAsLong() < 0;
      if (!waits) {
        line.retryAtNanos = OptionalLong.empty();
        boolean wanted = line.peering.dialling() == Peering.Dialling.WHILE_ALONE && started;
        if (wanted && line.streams == 0) {
          dial(line, out);
        }
      }
    }
    return out;
  }

  private List<PeeringEffect> stop() {
    stopped = true;
    lines.values().forEach(line -> line.retryAtNanos = OptionalLong.empty());
    return List.of();
  }

  private List<PeeringEffect> configure(List<Peering> all, Now now) {
    Map<String, Line> before = new LinkedHashMap<>(lines);
    lines.clear();
    put(all);
    for (Line line : before.values()) {
      Line next = lines.get(line.name());
      if (next != null && next.peering.equals(line.peering)) {
        lines.put(line.name(), line);
      } else {
        line.gone = true;
      }
    }
    List<PeeringEffect> out = new ArrayList<>();
    streams.forEach(
        (number, stream) -> {
          if (stream.line.gone && !stream.closing) {
            stream.closing = true;
            out.add(new PeeringEffect.CloseStream(number, "the neighbour is configured otherwise"));
          }
        });
    out.addAll(dialWhoeverIsDue(now));
    return out;
  }

  private List<PeeringEffect> connect(Line line) {
    if (line.peering.dialling() == Peering.Dialling.NEVER) {
      throw new InvariantBroken("a session that asks for a stream is not passive: " + line.name());
    }
    List<PeeringEffect> out = new ArrayList<>();
    dial(line, out);
    return out;
  }

  private void dial(Line line, List<PeeringEffect> out) {
    if (!line.dialling && !stopped) {
      line.dialling = true;
      out.add(new PeeringEffect.Dial(line.name()));
    }
  }

  private List<PeeringEffect> close(long stream, String why) {
    Stream open = streams.get(stream);
    if (open == null || open.closing) {
      return List.of();
    }
    open.closing = true;
    return List.of(new PeeringEffect.CloseStream(stream, why));
  }

  private List<PeeringEffect> opened(PeeringEvent.Opened opened) {
    Line line = line(opened.peering());
    if (opened.direction().isOutgoing()) {
      line.dialling = false;
      line.backoff.reset();
    }
    if (stopped) {
      return List.of(
          new PeeringEffect.CloseStream(opened.stream(), "no stream is wanted any more"));
    }
    if (line.streams >= MAX_STREAMS) {
      String why = "it has " + MAX_STREAMS + " streams";
      PeeringEffect close = new PeeringEffect.CloseStream(opened.stream(), why);
      return opened.direction().isOutgoing()
              && line.peering.dialling() == Peering.Dialling.ON_REQUEST
          ? List.of(close, new PeeringEffect.NoStream(line.name(), why))
          : List.of(close);
    }
    if (streams.put(opened.stream(), new Stream(line)) != null) {
      throw new InvariantBroken("the number of a stream is given once, not so " + opened.stream());
    }
    line.streams++;
    return List.of(
        new PeeringEffect.Up(line.name(), opened.stream(), opened.local(), opened.direction()));
  }

  private List<PeeringEffect> dialFailed(Line line, String why, Now now) {
    line.dialling = false;
    if (line.peering.dialling() == Peering.Dialling.ON_REQUEST) {
      return List.of(new PeeringEffect.NoStream(line.name(), why));
    }
    retryLater(line, now);
    return List.of();
  }

  private List<PeeringEffect> ended(long stream, String why, Now now) {
    Stream gone = streams.remove(stream);
    if (gone == null) {
      return List.of();
    }
    Line line = gone.line;
    line.streams--;
    if (line.gone) {
      // Whoever has its name now has streams of its own.
      Line next = lines.get(line.name());
      return List.of(
          new PeeringEffect.Down(line.name(), stream, why, next == null ? 0 : next.streams));
    }
    if (line.streams == 0) {
      retryLater(line, now);
    }
    return List.of(new PeeringEffect.Down(line.name(), stream, why, line.streams));
  }

  private void retryLater(Line line, Now now) {
    if (line.peering.dialling() == Peering.Dialling.WHILE_ALONE
        && !line.dialling
        && started
        && !stopped
        && line.retryAtNanos.isEmpty()) {
      line.retryAtNanos = OptionalLong.of(now.monotonicNanos() + line.backoff.afterFailureNanos());
    }
  }
}

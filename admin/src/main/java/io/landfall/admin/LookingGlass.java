package io.landfall.admin;

import io.landfall.admin.json.JsonObject;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** What a looking glass shows, in the words of birdwatcher 2 (see {@link LookingGlassApi}). */
public interface LookingGlass {
  /** The second part of the large community that says why a route was refused. */
  long REJECTED = 65_666;

  /**
   * The pipe that {@code /protocols} has beside the peers. Alice-LG in its mode of several tables
   * takes what no pipe carried for filtered; this one carries the whole table. No node has such a
   * name.
   */
  String PIPE = "pipe_overlay";

  /** A moment as birdwatcher writes it: {@code 2026-11-26 09:14:33}, in UTC. */
  static String time(Instant moment) {
    return DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT)
        .withZone(ZoneOffset.UTC)
        .format(moment);
  }

  /** Which of a peer's routes. */
  enum Which {
    /** Those in the table. */
    ACCEPTED,
    /** Those that were refused in the present session, as far as they are remembered. */
    REFUSED,
    /** Those that this node has and does not advertise to the peer. */
    NOT_EXPORTED
  }

  /** Which protocols, and how much of each. */
  enum Protocols {
    /** The peers. */
    BGP,
    /** The peers and {@link #PIPE}. */
    ALL,
    /** The state of the peers. */
    SHORT
  }

  /** The node: {@code router_id}, {@code version}, {@code current_server} and so on. */
  JsonObject status();

  /** Every peer by its name, as an object of objects. */
  JsonObject protocols(Protocols which);

  /** Routes of one peer, named by name or identity. */
  QueryResult<List<JsonObject>> routes(Which which, String peer);

  /** The routes to one host, an address or address/length, of every peer. */
  QueryResult<List<JsonObject>> net(String net);

  /** Every accepted route, or every refused one. */
  QueryResult<List<JsonObject>> table(Which which);
}

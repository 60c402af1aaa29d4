package io.landfall.checks.separation.bad.cli;

import io.landfall.checks.separation.bad.bgp.BadCodec;
import io.landfall.checks.separation.bad.ingress.BadOriginator;
import io.landfall.checks.separation.bad.lab.BadLab;
import io.landfall.checks.separation.bad.overlay.BadTable;

/** A command that reaches past the node, and into the lab. */
public final class BadCommand {
  /** A lab with a table, and the bytes of a prefix. */
  public int run(BadCodec codec, BadTable table) {
    return codec.address("0.0.0.0/0").length
        + table.size()
        + (BadOriginator.announces(table) ? 1 : 0)
        + BadLab.sites(this);
  }
}

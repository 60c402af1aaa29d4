package io.landfall.cli;

import picocli.CommandLine.Command;

/** {@code landfall show refused [PEER]}. */
@Command(
    name = "refused",
    description = {
      "Routes, attributes and peers that were refused, by peer and rule.",
      "With PEER, everything refused of one: rules, attributes, routes now, recent examples.",
      "The numbers are explained in docs/refusals.md."
    },
    footer = {"", "Examples:", "  landfall show refused", "  landfall show refused nyc"})
final class ShowRefusedCommand extends OfPeerCommand {
  /** For picocli. */
  ShowRefusedCommand() {}
}

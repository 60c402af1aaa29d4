package io.landfall.cli;

import picocli.CommandLine.Command;

/** {@code landfall show peers [PEER]}. */
@Command(
    name = "peers",
    description = {
      "Nodes and service hosts that we speak to, and candidates that are no peers, with why.",
      "With PEER, everything known of one: session, capabilities, counters, last reset."
    },
    footer = {
      "",
      "Examples:",
      "  landfall show peers",
      "  landfall show peers nyc",
      "  landfall show peers web7",
      "  landfall show peers 10.32.0.2 --json | jq .lastReset"
    })
final class ShowPeersCommand extends OfPeerCommand {
  /** For picocli. */
  ShowPeersCommand() {}
}

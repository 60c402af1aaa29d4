package io.landfall.node;

import io.landfall.config.AcmeConfig;
import io.landfall.config.EdgeConfig;
import io.landfall.config.EdgeConfig.Listen;
import io.landfall.config.NodeConfig;

/** Whether certificates can be ordered as the config has it. Nothing is made or asked for. */
final class AcmeTrial {
  private static final String KEY = "edge.acme";
  private static final int HTTP_PORT = 80;
  private static final int TLS_PORT = 443;

  private AcmeTrial() {}

  /**
   * Looks at the listeners, and the folder.
   *
   * @param isHere whether it is the machine that is to run with it
   */
  static void of(NodeConfig config, boolean isHere, Findings findings) {
    config.edge().ifPresent(edge -> of(edge, isHere, findings));
  }

  private static void of(EdgeConfig edge, boolean isHere, Findings findings) {
    if (edge.acme().isEmpty()) {
      return;
    }
    AcmeConfig acme = edge.acme().get();
    if (edge.ordered().isEmpty()) {
      findings.warn(
          KEY,
          "has no effect: no listener has a certificate with 'acme'",
          "add 'certificates: [{acme: [shop.example.com]}]' to the tls of a listener");
      return;
    }
    for (AcmeConfig.Challenge each : acme.challenges()) {
      boolean http = each == AcmeConfig.Challenge.HTTP_01;
      int port = http ? HTTP_PORT : TLS_PORT;
      if (edge.listen().stream().noneMatch(listen -> isFor(http, port, listen))) {
        findings.warn(
            KEY + ".challenges",
            "no listener "
                + (http ? "without" : "with")
                + " TLS has port "
                + port
                + ", which a CA connects to for "
                + (http ? "http-01" : "tls-alpn-01"),
            "add one, unless something in front passes that port on to this node");
      }
    }
    if (isHere) {
      new OwnFolderTrial(KEY + ".folder", acme.folder(), findings::problem).isWritable();
    }
  }

  private static boolean isFor(boolean http, int port, Listen listen) {
    return listen.isTls() != http
        && listen.service().isEmpty()
        && listen.address().getPort() == port;
  }
}

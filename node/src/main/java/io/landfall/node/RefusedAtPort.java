package io.landfall.node;

import io.landfall.node.link.OverlayPort;
import io.netty.channel.Channel;
import java.util.function.Supplier;

/**
 * Counts refused sessions and requests beside what the overlay port itself refuses.
 *
 * @param port the port, which is there before anything can be refused
 * @param control whose clock tells when
 */
record RefusedAtPort(Supplier<OverlayPort> port, ControlLoop control)
    implements Newcomers.Refusals {
  @Override
  public void requests(Channel channel, String rule, String sentence) {
    port.get().refusedRequests(channel, rule, sentence);
  }

  @Override
  public void session(String remote, String rule, String sentence) {
    port.get().refusals().count(rule, remote + ": " + sentence, control.wallMillis());
  }
}

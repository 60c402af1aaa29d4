package io.landfall.transport.tls;

import io.landfall.trust.PeerIdentity;

/** What happens on BGP links, on the control thread only. */
public interface LinkEvents {
  /** A peer proved who it is, and a BGP stream with it is open. */
  void linkUp(BgpLink link, PeerIdentity peer);

  /** Bytes came; when this returns, the link reads on. */
  void linkBytes(BgpLink link, byte[] bytes);

  /** The send buffer drained after it was full. */
  void linkWritable(BgpLink link);

  /** The stream ended, for whatever reason. */
  void linkClosed(BgpLink link, String why);
}

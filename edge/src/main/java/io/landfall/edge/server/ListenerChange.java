package io.landfall.edge.server;

import io.landfall.edge.EdgeListener;
import java.net.InetSocketAddress;
import java.util.List;

/** Other listeners for a running edge, as far as nothing is accepted or closed yet. */
public sealed interface ListenerChange {
  /**
   * A listener could not be opened; nothing has changed.
   *
   * @param listener the address
   * @param why what the system said
   */
  record CannotOpen(InetSocketAddress listener, String why) implements ListenerChange {}

  /** All are open; one of the two methods is called, once. */
  final class Prepared implements ListenerChange {
    private final ClientListeners all;
    private final List<OpenListener> next;
    private final List<EdgeListener> settings;
    private final List<OpenListener> opened;

    /**
     * Made by {@link EdgeServer#prepare}.
     *
     * @param next the listeners of the config, in its order
     * @param settings what each of them has from then on
     * @param opened those that were not there before
     */
    Prepared(
        ClientListeners all,
        List<OpenListener> next,
        List<EdgeListener> settings,
        List<OpenListener> opened) {
      this.all = all;
      this.next = List.copyOf(next);
      this.settings = List.copyOf(settings);
      this.opened = List.copyOf(opened);
    }

    /**
     * Accepts clients at these listeners and no others. Connections that were accepted at one that
     * goes end with their next answer or their idle time, those of HTTP/2 with a GOAWAY, and
     * tunnels by themselves. Waits for event loops at most.
     */
    public void apply() {
      put();
      opened.forEach(OpenListener::accept);
    }

    /** The same, but those that were opened accept nothing yet. */
    void put() {
      for (int i = 0; i < next.size(); i++) {
        next.get(i).change(settings.get(i));
      }
      all.replace(next);
    }

    /** Closes what was opened for it. */
    public void abandon() {
      opened.forEach(all::release);
    }
  }
}

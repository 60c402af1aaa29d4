package io.landfall.node;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationTargetException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SIGHUP, for which the JDK's only door is {@code sun.misc.Signal} in {@code jdk.unsupported}. It
 * is opened by reflection, since javac warns of that class and of it alone whatever is annotated.
 */
final class HangupSignal {
  private static final Logger log = LoggerFactory.getLogger("landfall.node");

  private HangupSignal() {}

  /**
   * Runs this at each SIGHUP, on a thread of its own, in place of ending the process. A process
   * that was started with SIGHUP ignored (nohup) goes on ignoring it.
   */
  static void on(Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      MethodHandle run =
          MethodHandles.lookup()
              .findVirtual(Runnable.class, "run", MethodType.methodType(void.class))
              .bindTo(action);
      Object acting =
          MethodHandleProxies.asInterfaceInstance(
              handler, MethodHandles.dropArguments(run, 0, signal));
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), acting);
    } catch (InvocationTargetException e) {
      log.atWarn().addKeyValue("why", String.valueOf(e.getCause())).log("SIGHUP does not reload");
    } catch (ReflectiveOperationException e) {
      log.atWarn().addKeyValue("why", String.valueOf(e)).log("SIGHUP does not reload");
    }
  }
}

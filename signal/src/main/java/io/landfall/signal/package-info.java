/** What the services beside this node say of themselves: leases, probes, hysteresis, damping. */
package io.landfall.signal;
